use super::*;
use proptest::prelude::*;

fn point(x: f64, y: f64, interval: Option<[f64; 2]>) -> Point {
    Point { x, y, interval }
}

fn figure(scale: Scale, series: &[Series]) -> Figure {
    let panel =
        |weight| Panel { y: scale, y_label: "y".to_owned(), weight, series: series.to_vec() };
    Figure {
        title: "A & B <\u{1}>".to_owned(),
        description: "\"quoted\" \u{ffff}".to_owned(),
        x: Scale::Linear,
        x_label: "x".to_owned(),
        panels: vec![panel(2.0), panel(1.0)],
        spans: vec![Span {
            from: 1.0,
            to: Some(3.0),
            label: "failure".to_owned(),
            end_label: "repair".to_owned(),
        }],
    }
}

fn series(shape: Shape, points: Vec<Point>) -> Series {
    Series { label: "a series".to_owned(), shape, points }
}

/// Every number in the attributes and paths that place something is finite and in the view box.
fn check_inside(svg: &str) {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let view = document.root_element().attribute("viewBox").unwrap();
    let view: Vec<f64> = view.split(' ').map(|number| number.parse().unwrap()).collect();
    for node in document.descendants() {
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            match name {
                "x" | "x1" | "x2" | "width" => check_number(value, view[2]),
                "y" | "y1" | "y2" | "height" => check_number(value, view[3]),
                "d" => check_path(value, [view[2], view[3]]),
                _ => assert!(!value.contains("NaN") && !value.contains("inf"), "{name}={value}"),
            }
        }
    }
}

fn check_number(text: &str, most: f64) {
    let value: f64 = text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"));
    assert!((0.0..=most).contains(&value), "{value} is not from 0 to {most}");
}

fn check_path(path: &str, most: [f64; 2]) {
    // Circles are drawn by arcs from their place on, which are relative.
    let absolute = path.split('a').next().unwrap();
    for place in absolute.split(['M', 'L', 'Z']).filter(|place| !place.is_empty()) {
        let numbers: Vec<&str> = place.split(' ').collect();
        assert_eq!(numbers.len(), 2, "{path}");
        numbers.iter().zip(most).for_each(|(number, most)| check_number(number, most));
    }
}

fn any_value() -> impl Strategy<Value = f64> {
    let edges = vec![
        0.0,
        -0.0,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        1.0,
        1.0 + f64::EPSILON,
        1e16,
        1e16 + 2.0,
    ];
    let finite = any::<f64>().prop_filter("finite", |value| value.is_finite());
    prop_oneof![0.0..1.0, -1e4..1e4, finite, proptest::sample::select(edges)]
}

fn any_point() -> impl Strategy<Value = Point> {
    let interval = proptest::option::of([any_value(), any_value()]);
    (any_value(), any_value(), interval).prop_map(|(x, y, interval)| Point { x, y, interval })
}

fn any_series() -> impl Strategy<Value = Series> {
    let shape = prop_oneof![Just(Shape::Markers), Just(Shape::Course)];
    let points = proptest::collection::vec(any_point(), 0..6);
    (".{0,90}", shape, points).prop_map(|(label, shape, points)| Series { label, shape, points })
}

fn any_scale() -> impl Strategy<Value = Scale> {
    prop_oneof![Just(Scale::Linear), Just(Scale::FromZero), Just(Scale::Logarithmic)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// For all finite values: the document parses, and every place is in the view box.
    #[test]
    fn any_finite_values_are_drawn_inside_the_figure(
        scales in [any_scale(), any_scale()],
        series in proptest::collection::vec(any_series(), 0..12),
        title in ".{0,120}",
        span in proptest::option::of((any_value(), proptest::option::of(any_value()))),
    ) {
        let mut figure = figure(scales[0], &series);
        figure.x = scales[1];
        figure.title = title;
        figure.spans = span.into_iter().map(|(from, to)| Span {
            from, to, label: "failure".to_owned(), end_label: "repair".to_owned(),
        }).collect();
        check_inside(&figure.svg().unwrap());
    }
}

#[test]
fn what_is_not_finite_is_refused_by_name() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for bad in [
            point(value, 1.0, None),
            point(1.0, value, None),
            point(1.0, 1.0, Some([value, 1.0])),
            point(1.0, 1.0, Some([1.0, value])),
        ] {
            let refused = figure(Scale::Linear, &[series(Shape::Markers, vec![bad])]).svg();
            assert!(
                matches!(refused, Err(FigureError::Value { label, .. }) if label == "a series")
            );
        }
        let mut wrong = figure(Scale::Linear, &[]);
        wrong.spans[0].to = Some(value);
        assert!(matches!(wrong.svg(), Err(FigureError::Span { .. })));
        wrong.spans.clear();
        wrong.panels[1].weight = value;
        assert!(matches!(wrong.svg(), Err(FigureError::Weight(_))));
    }
    let empty = Figure { panels: Vec::new(), ..figure(Scale::Linear, &[]) };
    assert_eq!(empty.svg(), Err(FigureError::Empty));
}

#[test]
fn a_zero_on_a_logarithmic_axis_is_a_hollow_marker_at_its_end_without_a_line_to_it() {
    let points = vec![point(1.0, 0.0, None), point(2.0, 0.01, None), point(3.0, 0.1, None)];
    let mut figure = figure(Scale::Logarithmic, &[series(Shape::Markers, points)]);
    figure.panels.truncate(1);
    let svg = figure.svg().unwrap();
    assert!(svg.contains("<title>a series: 0 at 1</title>"), "{svg}");
    // One in the figure; the legend's marker is full.
    assert_eq!(svg.matches("fill=\"#ffffff\" stroke=\"#0072b2\"").count(), 1);
    let line = svg.lines().find(|line| line.contains("stroke-linejoin")).unwrap();
    assert_eq!(line.matches('L').count(), 1, "{line}");
}

#[test]
fn an_interval_that_reaches_below_a_logarithmic_axis_has_no_cap_there() {
    let points = vec![
        point(1.0, 0.01, Some([-0.01, 0.03])),
        point(2.0, 0.02, Some([1e-9, 0.03])),
        point(3.0, 0.1, Some([0.05, 0.2])),
    ];
    let mut figure = figure(Scale::Logarithmic, &[series(Shape::Markers, points)]);
    figure.panels.truncate(1);
    let svg = figure.svg().unwrap();
    // Three bars and four caps.
    assert_eq!(svg.matches("stroke=\"#0072b2\" stroke-width=\"1.2\"/>").count(), 7 + 1);
    assert!(!svg.contains("10<tspan"), "an axis of two decades has plain labels:\n{svg}");
}

#[test]
fn names_that_mean_something_in_xml_stand_as_they_are_in_the_text() {
    let document = figure(Scale::Linear, &[series(Shape::Course, Vec::new())]).svg().unwrap();
    let document = roxmltree::Document::parse(&document).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("aria-label"), Some("A & B <\u{fffd}>"));
    let title = root.children().find(|node| node.has_tag_name("title")).unwrap();
    assert_eq!(title.text(), Some("A & B <\u{fffd}>"));
}
