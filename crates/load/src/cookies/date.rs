//! The dates of cookies, which come in many forms; RFC 6265, section 5.1.1, says how to read them.

/// Milliseconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    let is_delimiter = |c: char| !(c.is_ascii_alphanumeric() || c == ':' || !c.is_ascii());
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        if time.is_none() && token.contains(':') {
            time = clock(token);
        } else if day.is_none() && leading(token).1 <= 2 && leading(token).1 > 0 {
            day = Some(leading(token).0);
        } else if month.is_none() && month_of(token).is_some() {
            month = month_of(token);
        } else if year.is_none() && matches!(leading(token).1, 2..=4) {
            year = Some(match leading(token) {
                (year @ 70..=99, 2) => 1900 + year,
                (year, 2) => 2000 + year,
                (year, _) => year,
            });
        }
    }
    let (year, month, day, time) = (year?, month?, day?, time?);
    let possible = year >= 1601 && (1..=31).contains(&day);
    possible.then(|| (days(year, month, day) * 86_400 + time) * 1000)
}

/// The number a token begins with, and how many digits it has.
fn leading(token: &str) -> (i64, usize) {
    let digits = token.bytes().take_while(u8::is_ascii_digit).count();
    (token[..digits].parse().unwrap_or(0), digits)
}

fn month_of(token: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let name = token.get(..3)?.to_ascii_lowercase();
    (1..).zip(MONTHS).find(|(_, known)| *known == name).map(|(month, _)| month)
}

/// Seconds of a time of the day.
fn clock(token: &str) -> Option<i64> {
    let mut parts = token.splitn(3, ':').map(leading);
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let possible = hour.0 < 24 && minute.0 < 60 && second.0 < 60;
    let digits = [hour, minute, second].iter().all(|(_, digits)| matches!(digits, 1 | 2));
    (possible && digits).then(|| hour.0 * 3600 + minute.0 * 60 + second.0)
}

/// Days since 1970-01-01, with years that begin in March so that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let in_year = ((month + 9) % 12 * 153 + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + in_year - 719_468
}
