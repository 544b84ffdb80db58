//! How fast neighbouring states part: exponents from series and from maps.
