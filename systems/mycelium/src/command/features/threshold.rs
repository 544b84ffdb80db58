//! A threshold as it is written on the command line: `percentile`, `fixed:-65,-60,-55`.

use crate::features::Threshold;

pub fn threshold(text: &str) -> Result<Threshold, String> {
    let (mode, levels) = match text.split_once(':') {
        None => (text, None),
        Some((mode, levels)) => (mode, Some(three(levels)?)),
    };
    let [low, medium, high] = match (mode, levels) {
        ("otsu", None) => return Ok(Threshold::Otsu),
        ("otsu", Some(_)) => return Err("`otsu` finds its levels itself".to_owned()),
        (_, Some(levels)) => levels,
        ("fixed", None) => [-60.0, -50.0, -40.0],
        ("percentile", None) => [50.0, 75.0, 90.0],
        (_, None) => [1.0, 1.5, 2.0],
    };
    let threshold = match mode {
        "fixed" => Threshold::Fixed { low, medium, high },
        "percentile" => Threshold::Percentile { low, medium, high },
        "mean-plus" => Threshold::MeanPlus { low, medium, high },
        _ => return Err("it must be fixed, percentile, mean-plus or otsu".to_owned()),
    };
    threshold.validate().map_err(|error| error.to_string())?;
    Ok(threshold)
}

fn three(text: &str) -> Result<[f64; 3], String> {
    let numbers = text.split(',').map(|number| {
        let read = number.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        read.ok_or_else(|| format!("`{number}` is not a number"))
    });
    let numbers = numbers.collect::<Result<Vec<f64>, String>>()?;
    let count = numbers.len();
    numbers.try_into().map_err(|_| format!("three levels belong here, not {count}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_is_read_with_its_levels_and_without() {
        let fixed = Threshold::Fixed { low: -65.0, medium: -60.0, high: -55.5 };
        assert_eq!(threshold("fixed:-65,-60, -55.5"), Ok(fixed));
        let percentile = Threshold::Percentile { low: 50.0, medium: 75.0, high: 90.0 };
        assert_eq!(threshold("percentile"), Ok(percentile));
        assert_eq!(threshold("otsu"), Ok(Threshold::Otsu));
        assert_eq!(threshold("mean-plus"), Ok(Threshold::default()));
    }

    #[test]
    fn what_is_no_threshold_is_refused_by_what_is_wrong() {
        for (text, why) in [
            ("mediam", "must be fixed, percentile"),
            ("fixed:", "`` is not a number"),
            ("fixed:1,2", "not 2"),
            ("fixed:-40,-50,-60", "rising"),
            ("percentile:50,60,101", "from 0 to 100"),
            ("fixed:nan,1,2", "`nan` is not a number"),
            ("otsu:1,2,3", "itself"),
        ] {
            let refused = threshold(text).unwrap_err();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }
}
