//! Pictures, read again by a decoder.

use std::io::{Cursor, Write};

use super::*;

/// The colour of each pixel, frame by frame, and the delay of each in milliseconds.
fn decoded(bytes: &[u8]) -> (usize, Vec<Vec<Colour>>, Vec<u32>) {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
    let table: Vec<u8> = reader.info().palette.as_ref().unwrap().to_vec();
    let frames = reader.info().animation_control.map_or(1, |control| control.num_frames);
    let side = reader.info().width as usize;
    let (mut pictures, mut delays) = (Vec::new(), Vec::new());
    for _ in 0..frames {
        let mut raw = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut raw).unwrap();
        if let Some(frame) = reader.info().frame_control {
            delays.push(u32::from(frame.delay_num) * 1000 / u32::from(frame.delay_den));
        }
        let colour = |index: &u8| table[usize::from(*index) * 3..][..3].try_into().unwrap();
        pictures.push(raw.iter().map(colour).collect());
    }
    (side, pictures, delays)
}

#[test]
fn a_picture_read_again_has_the_colour_of_each_cell_in_each_of_its_pixels() {
    let cells = [0.0, 1.0, 0.5, 0.25];
    let (side, pictures, _) = decoded(&png(&cells, 2, 3, Range::OfData).unwrap());
    assert_eq!(side, 6);
    for (at, colour) in pictures[0].iter().enumerate() {
        let cell = cells[at / 18 * 2 + at % 6 / 3];
        assert_eq!(*colour, palette()[(cell * 255.0_f64).round() as usize], "pixel {at}");
    }
}

#[test]
fn what_lies_outside_of_a_fixed_range_has_the_nearest_colour() {
    let range = Range::Fixed { low: -0.1, high: 0.1 };
    let bytes = png(&[-7.0, 7.0, -0.1, 0.1], 2, 1, range).unwrap();
    let (first, last) = (palette()[0], palette()[255]);
    assert_eq!(decoded(&bytes).1[0], [first, last, first, last]);
}

#[test]
fn equal_cells_have_the_colour_in_the_middle() {
    let bytes = png(&[-0.07; 4], 2, 1, Range::OfData).unwrap();
    assert_eq!(decoded(&bytes).1[0], [palette()[128]; 4]);
}

#[test]
fn the_largest_numbers_have_their_colours_too() {
    let cells = [f64::MIN, f64::MAX, 0.0, f64::MIN];
    let pixels = decoded(&png(&cells, 2, 1, Range::OfData).unwrap()).1.remove(0);
    assert_eq!(pixels, [palette()[0], palette()[255], palette()[128], palette()[0]]);
}

#[test]
fn an_animation_read_again_has_its_frames_and_its_delay() {
    let range = Range::Fixed { low: 0.0, high: 1.0 };
    let film = Film { size: 2, scale: 2, range, frames: 3, delay_ms: 40 };
    let mut bytes = Vec::new();
    let mut animation = Animation::new(&mut bytes, film).unwrap();
    for frame in 0..3 {
        animation.push(&[f64::from(frame) / 2.0; 4]).unwrap();
    }
    animation.finish().unwrap();
    let (side, pictures, delays) = decoded(&bytes);
    assert_eq!((side, delays), (4, vec![40; 3]));
    for (picture, index) in pictures.iter().zip([0, 128, 255]) {
        assert_eq!(*picture, [palette()[index]; 16]);
    }
}

#[test]
fn an_animation_refuses_more_frames_than_it_announced_and_fewer() {
    let film = Film { size: 1, scale: 1, range: Range::OfData, frames: 2, delay_ms: 40 };
    let mut animation = Animation::new(Vec::new(), film).unwrap();
    animation.push(&[0.0]).unwrap();
    let early = Animation::new(Vec::new(), film).unwrap().finish().unwrap_err();
    assert!(matches!(early, PictureError::Frames { announced: 2, written: 0 }), "{early}");
    animation.push(&[1.0]).unwrap();
    let late = animation.push(&[2.0]).unwrap_err();
    assert!(matches!(late, PictureError::Frames { announced: 2, written: 3 }), "{late}");
    assert!(Animation::new(Vec::new(), Film { frames: 0, ..film }).is_err());
}

#[test]
fn each_frame_is_written_before_the_next_one_is_known() {
    /// Counts what reached it.
    struct Counted(std::rc::Rc<std::cell::Cell<usize>>);
    impl Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.set(self.0.get() + bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let written = std::rc::Rc::default();
    let film = Film { size: 8, scale: 1, range: Range::OfData, frames: 2, delay_ms: 1 };
    let out = Counted(std::rc::Rc::clone(&written));
    let mut animation = Animation::new(out, film).unwrap();
    let head = written.get();
    animation.push(&[0.0; 64]).unwrap();
    assert!(head > 0 && written.get() > head);
}

#[test]
fn what_is_no_picture_is_refused() {
    let refused = |cells: &[f64], size, scale, range| png(cells, size, scale, range).unwrap_err();
    for (cells, size) in [(&[0.0; 3][..], 2), (&[], 0), (&[f64::NAN], 1), (&[f64::INFINITY], 1)] {
        refused(cells, size, 1, Range::OfData);
    }
    for scale in [0, 16_385, usize::MAX] {
        let error = refused(&[0.0; 4], 2, scale, Range::OfData);
        assert!(matches!(error, PictureError::Size { .. }), "{error}");
    }
    for (low, high) in [(0.0, 0.0), (1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        let error = refused(&[0.0], 1, 1, Range::Fixed { low, high });
        assert!(matches!(error, PictureError::Range { .. }), "{error}");
    }
}

#[test]
fn a_writer_that_fails_is_told_apart_from_cells_that_make_no_picture() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let film = Film { size: 1, scale: 1, range: Range::OfData, frames: 1, delay_ms: 1 };
    assert!(matches!(Animation::new(Full, film), Err(PictureError::Write(_))));
}
