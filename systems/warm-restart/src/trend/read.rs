//! Recorded series: an answer of Prometheus to a query over a range, or lines of times and values.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use super::Point;

/// Values in the order of their times.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub points: Vec<Point>,
}

#[derive(Debug, Error)]
pub enum BadSeries {
    #[error("{file}:{line}: {what}")]
    Line { file: String, line: usize, what: String },
    #[error("{file} is no answer of Prometheus to a query over a range: {cause}")]
    Form { file: String, cause: serde_json::Error },
    #[error("{file}: Prometheus answered: {error}")]
    Refused { file: String, error: String },
    #[error("{file}: {what}")]
    Content { file: String, what: String },
}

/// As many as Prometheus gives of a series.
const MOST: usize = 11_000;

#[derive(Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum Answer {
    Success { data: Data },
    Error { error: String },
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Range>,
}

#[derive(Deserialize)]
struct Range {
    metric: BTreeMap<String, String>,
    values: Vec<(f64, String)>,
}

/// The file is for what is told of mistakes, and the name of a series that has none.
pub fn read(text: &str, file: &str) -> Result<Vec<Series>, BadSeries> {
    let all = if text.trim_start().starts_with('{') {
        answer(text, file)?
    } else {
        vec![Series { name: file.to_owned(), points: lines(text, file)? }]
    };
    let wrong = |what: String| Err(BadSeries::Content { file: file.to_owned(), what });
    for Series { name, points } in &all {
        if points.len() > MOST {
            return wrong(format!("{name} has {} values, and {MOST} are the most", points.len()));
        }
        let back = points.windows(2).find(|pair| pair[1].at_s <= pair[0].at_s);
        if let Some([_, Point { at_s, .. }]) = back {
            return wrong(format!("{name}: {at_s} s does not come after the time before it"));
        }
    }
    if all.iter().all(|series| series.points.is_empty()) {
        return wrong("there is no value in it".to_owned());
    }
    Ok(all)
}

fn answer(text: &str, file: &str) -> Result<Vec<Series>, BadSeries> {
    let file = file.to_owned();
    let ranges = match serde_json::from_str(text) {
        Ok(Answer::Success { data }) => data.result,
        Ok(Answer::Error { error }) => return Err(BadSeries::Refused { file, error }),
        Err(cause) => return Err(BadSeries::Form { file, cause }),
    };
    let series = |range: Range| -> Result<Series, BadSeries> {
        let name = name(&range.metric);
        let point = |(at_s, value): (f64, String)| match value.parse() {
            Ok(value) => Ok(Point { at_s, value }),
            Err(_) => {
                let what = format!("{name}: `{value}` is no number");
                Err(BadSeries::Content { file: file.clone(), what })
            }
        };
        let points = range.values.into_iter().map(point).collect::<Result<_, _>>()?;
        Ok(Series { name, points })
    };
    ranges.into_iter().map(series).collect()
}

/// As queries have it.
fn name(metric: &BTreeMap<String, String>) -> String {
    let labels = metric.iter().filter(|(name, _)| *name != "__name__");
    let labels: Vec<String> = labels.map(|(name, value)| format!("{name}={value:?}")).collect();
    let own = metric.get("__name__").map_or("", String::as_str);
    format!("{own}{{{}}}", labels.join(","))
}

/// Two numbers on each, with a comma or blanks between; what begins with `#` is a remark.
fn lines(text: &str, file: &str) -> Result<Vec<Point>, BadSeries> {
    let lines = text.lines().map(str::trim).zip(1..);
    let told = lines.filter(|(text, _)| !text.is_empty() && !text.starts_with('#'));
    told.map(|(text, line)| {
        let wrong = || {
            let what = format!("`{text}` is no time in seconds with a value");
            BadSeries::Line { file: file.to_owned(), line, what }
        };
        let mut parts = text.split([',', ' ', '\t']).filter(|part| !part.is_empty());
        let mut next = || parts.next().and_then(|part| part.parse::<f64>().ok());
        let (at_s, value) = next().zip(next()).ok_or_else(wrong)?;
        let is_whole = parts.next().is_none() && at_s.is_finite();
        is_whole.then_some(Point { at_s, value }).ok_or_else(wrong)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_answers_of_prometheus_are_read_as_the_same_series() {
        let points = [(60.0, 1.5), (120.0, 2.0)].map(|(at_s, value)| Point { at_s, value });
        let lines = read("# time, value\n60,1.5\n\n120 2\n", "a.csv").unwrap();
        assert_eq!(lines, [Series { name: "a.csv".to_owned(), points: points.to_vec() }]);
        let text = r#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"__name__":"m","device":"a"},"values":[[60,"1.5"],[120,"2"]]},
            {"metric":{},"values":[]}]}}"#;
        let answered = read(text, "a.json").unwrap();
        assert_eq!(
            answered[0],
            Series { name: r#"m{device="a"}"#.to_owned(), points: points.to_vec() }
        );
        assert_eq!((answered[1].name.as_str(), answered.len()), ("{}", 2));
    }

    #[test]
    fn what_is_no_series_is_refused_with_its_place() {
        let many: String = (0..=MOST).map(|second| format!("{second} 1\n")).collect();
        let table = [
            ("1 2\n3\n", "a:2: `3` is no time"),
            ("1 2 3", "a:1: `1 2 3`"),
            ("NaN 2", "a:1: `NaN 2`"),
            ("one 2", "a:1: `one 2`"),
            ("2 1\n2 1", "a: 2 s does not come after"),
            ("", "there is no value"),
            (
                r#"{"status":"error","errorType":"bad_data","error":"too long"}"#,
                "answered: too long",
            ),
            (r#"{"status":"success"}"#, "a is no answer of Prometheus"),
            (r#"{"status":"success","data":{"result":[{"metric":{},"value":[1,"2"]}]}}"#, "values"),
            (r#"{"status":"success","data":{"result":[{"metric":{},"values":[[1,"x"]]}]}}"#, "`x`"),
            ("{", "a is no answer"),
            (&many, "has 11001 values"),
        ];
        for (text, said) in table {
            let error = read(text, "a").unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
