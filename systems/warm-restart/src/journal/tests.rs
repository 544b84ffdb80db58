//! What was written is read, as far as it is there, and nothing else ever is.

use proptest::prelude::*;

use super::*;

fn record(generation: u64, lines: &str) -> Record {
    Record { generation, wall_ms: 1_700_000_000_000, lines: lines.to_owned() }
}

fn bytes(records: &[Record]) -> Vec<u8> {
    records.iter().flat_map(Record::to_bytes).collect()
}

/// What `python3 testdata/journal.py` writes, which shares no code with this.
#[test]
fn the_form_is_that_of_an_independent_writer() {
    let lines = "{\"event\":\"warm_start\",\"device\":\"leaf-1\"}\n\
         {\"event\":\"recovery\",\"device\":\"l\u{e4}uft\",\"times\":3}";
    let records = [record(1, lines), record(u64::MAX, ""), record(7, "\n")];
    let written = include_bytes!("../../testdata/journal.bin");
    assert_eq!(bytes(&records), written);
    assert_eq!(read(written), Ok(Journal { records: records.to_vec(), torn: 0 }));
}

#[test]
fn a_record_that_was_cut_short_is_left_out_and_one_that_others_follow_is_told() {
    let records = [record(1, "one"), record(1, "two"), record(1, "three")];
    let (one, two) = (records[0].to_bytes().len(), bytes(&records[..2]).len());
    let whole = bytes(&records);
    let mut last = whole.clone();
    *last.last_mut().unwrap() ^= 1;
    let rest = whole.len() - two;
    assert_eq!(read(&last), Ok(Journal { records: records[..2].to_vec(), torn: rest }));
    let mut middle = whole;
    middle[one + HEAD] ^= 1;
    let damage = Damage { number: 2, at: one, next: two };
    assert_eq!(read(&middle), Err(damage));
    let said = "record 2 at byte 35 cannot be read, and one follows at byte 70 that can";
    assert_eq!(damage.to_string(), said);
}

#[test]
fn what_is_no_journal_has_no_records() {
    let mut huge = record(1, "one").to_bytes();
    huge[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    let sum = crc32fast::hash(&huge[SUMMED]);
    huge[4..8].copy_from_slice(&sum.to_le_bytes());
    for bad in [vec![0; 4096], b"wrj1".repeat(100), b"{\"version\":1}".to_vec(), huge] {
        assert_eq!(read(&bad), Ok(Journal { records: Vec::new(), torn: bad.len() }));
    }
    assert_eq!(read(b""), Ok(Journal::default()));
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let one = (any::<u64>(), any::<i64>(), "(wrj1|\\PC|\n){0,40}");
    let one = one.prop_map(|(generation, wall_ms, lines)| Record { generation, wall_ms, lines });
    prop::collection::vec(one, 0..6)
}

proptest! {
    #[test]
    fn any_prefix_gives_a_prefix_of_the_records(
        records in records(),
        share in 0.0..=1.0_f64,
    ) {
        let whole = bytes(&records);
        let end = (share * whole.len() as f64) as usize;
        let read = read(&whole[..end]).unwrap();
        let count = read.records.len();
        prop_assert_eq!(&read.records[..], &records[..count]);
        let kept = bytes(&records[..count]).len();
        prop_assert_eq!(kept + read.torn, end);
        let following = records.get(count).map_or(usize::MAX, |next| next.to_bytes().len());
        prop_assert!(read.torn < following, "a whole record was left out");
    }

    #[test]
    fn no_byte_that_is_changed_gives_another_record(
        records in records(),
        share in 0.0..1.0_f64,
        flip in 1..=255_u8,
    ) {
        let mut damaged = bytes(&records);
        let at = (share * damaged.len() as f64) as usize;
        let Some(byte) = damaged.get_mut(at) else { return Ok(()) };
        *byte ^= flip;
        match read(&damaged) {
            Ok(read) => {
                prop_assert!(read.records.len() < records.len());
                prop_assert_eq!(&read.records[..], &records[..read.records.len()]);
            }
            Err(damage) => {
                prop_assert!((damage.at..damage.next).contains(&at));
                prop_assert_eq!(bytes(&records[..damage.number - 1]).len(), damage.at);
            }
        }
    }

    #[test]
    fn whatever_the_bytes_are_it_ends_and_counts_all_of_them(
        bytes in prop::collection::vec(prop_oneof![Just(b'w'), Just(b'r'), any::<u8>()], 0..300),
    ) {
        let read = read(&bytes).unwrap();
        prop_assert!(read.records.is_empty() && read.torn == bytes.len());
    }
}
