package demo

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	fmt.Println("Unit elems/op better=higher assume=exact")
	os.Exit(m.Run())
}

func BenchmarkSort(b *testing.B) {
	for _, size := range []int{10, 1000} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			b.SetBytes(int64(8 * size))
			for i := 0; i < b.N; i++ {
				data := make([]int, size)
				for j := range data {
					data[j] = (j * 7919) % size
				}
				sort.Ints(data)
			}
			b.ReportMetric(float64(size), "elems/op")
		})
	}
}

func BenchmarkJoin(b *testing.B) {
	words := strings.Split(strings.Repeat("a ", 64), " ")
	for i := 0; i < b.N; i++ {
		_ = strings.Join(words, ",")
	}
}

func BenchmarkNothing(b *testing.B) {
	for i := 0; i < b.N; i++ {
	}
}

func BenchmarkUTF8/* a name that ends like a suffix */(b *testing.B) {
	b.Run("to-8", func(b *testing.B) {
		for i := 0; i < b.N; i++ {
			_ = []rune("höhe")
		}
	})
}

func BenchmarkLogging(b *testing.B) {
	if os.Getenv("SAMPLE") != "trouble" {
		b.Skip("only in the sample with trouble")
	}
	b.Log("a line that is not a result")
	for i := 0; i < b.N; i++ {
	}
}

func BenchmarkBroken(b *testing.B) {
	if os.Getenv("SAMPLE") != "trouble" {
		b.Skip("only in the sample with trouble")
	}
	b.Fatal("connection refused")
}
