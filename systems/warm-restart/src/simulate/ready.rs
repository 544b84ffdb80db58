//! Scenarios that are ready to use, by name.

macro_rules! scenarios {
    ($($name:literal),* $(,)?) => {
        /// Names and texts.
        pub const SCENARIOS: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!("../../scenarios/", $name, ".toml")),
        )),*];
    };
}

scenarios!(
    "healthy-week",
    "restless-week",
    "degraded",
    "restarts",
    "outage-1m",
    "outage-1h",
    "outage-1d",
    "flapping"
);

#[must_use]
pub fn find(name: &str) -> Option<&'static str> {
    SCENARIOS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
