//! How far a signal of each format reaches and how many slots it takes.

/// One modulation format at one bit rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    pub name: String,
    pub max_metres: u32,
    /// Slots of 12.5 GHz, without guard.
    pub slots: u16,
}

/// A bit rate that requests may ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    pub gbps: u32,
    /// In the order of reach, the shortest first: the fewer slots, the shorter the reach.
    pub formats: Vec<Format>,
}

/// The formats of every bit rate, ascending.
#[derive(Clone, Debug, PartialEq)]
pub struct ReachTable {
    rates: Vec<Rate>,
}

impl ReachTable {
    /// Sorts rates and formats. Formats of equal reach keep the one of fewest slots first.
    #[must_use]
    pub fn new(mut rates: Vec<Rate>) -> ReachTable {
        rates.sort_by_key(|rate| rate.gbps);
        for rate in &mut rates {
            rate.formats.sort_by_key(|format| (format.max_metres, format.slots));
        }
        ReachTable { rates }
    }

    /// The table of DOI 10.1109/ICC40277.2020.9149215.
    #[must_use]
    pub fn icc_2020() -> ReachTable {
        ReachTable::from_rows(&[
            (25, [(22_160, 1), (9_500, 1), (3_664, 1)]),
            (50, [(11_080, 2), (4_750, 1), (1_832, 1)]),
            (100, [(5_540, 4), (2_375, 2), (916, 2)]),
            (200, [(2_770, 8), (1_187, 4), (458, 3)]),
            (400, [(1_385, 16), (594, 8), (229, 6)]),
        ])
    }

    /// The table of DOI 10.1109/LANMAN61958.2024.10621885, which takes crosstalk into account.
    #[must_use]
    pub fn lanman_2024() -> ReachTable {
        ReachTable::from_rows(&[
            (25, [(20_759, 1), (9_295, 1), (3_503, 1)]),
            (50, [(10_380, 2), (4_648, 1), (1_752, 1)]),
            (100, [(5_190, 3), (2_324, 2), (876, 1)]),
            (200, [(2_595, 5), (1_162, 3), (438, 2)]),
            (400, [(1_298, 10), (581, 5), (219, 4)]),
        ])
    }

    /// Every rate takes one slot and reaches everywhere: what queueing formulas assume.
    #[must_use]
    pub fn unlimited(slots_by_gbps: &[(u32, u16)]) -> ReachTable {
        let rate = |(gbps, slots): &(u32, u16)| {
            let format = Format { name: "any".to_owned(), max_metres: u32::MAX, slots: *slots };
            Rate { gbps: *gbps, formats: vec![format] }
        };
        ReachTable::new(slots_by_gbps.iter().map(rate).collect())
    }

    #[must_use]
    pub fn rates(&self) -> &[Rate] {
        &self.rates
    }

    /// The index of a bit rate.
    #[must_use]
    pub fn rate(&self, gbps: u32) -> Option<usize> {
        self.rates.binary_search_by_key(&gbps, |rate| rate.gbps).ok()
    }

    /// The slots of the format that reaches so far with the fewest; 0 if none reaches.
    ///
    /// A format of longer reach takes as many slots or more, so that one which does not fit need
    /// not be tried again in another format.
    #[must_use]
    pub fn slots(&self, rate: usize, metres: u32) -> u16 {
        let reaching = self.rates[rate].formats.iter().filter(|format| format.max_metres >= metres);
        reaching.map(|format| format.slots).min().unwrap_or(0)
    }

    /// Rows of a rate with kilometres and slots of QPSK, 16-QAM and 64-QAM.
    fn from_rows(rows: &[(u32, [(u32, u16); 3])]) -> ReachTable {
        let names = ["QPSK", "16-QAM", "64-QAM"];
        let rate = |(gbps, formats): &(u32, [(u32, u16); 3])| {
            let formats = names.iter().zip(formats).map(|(name, (km, slots))| Format {
                name: (*name).to_owned(),
                max_metres: km * 1000,
                slots: *slots,
            });
            Rate { gbps: *gbps, formats: formats.collect() }
        };
        ReachTable::new(rows.iter().map(rate).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_fewest_slots_that_reaches_is_taken() {
        let table = ReachTable::icc_2020();
        let rate = table.rate(400).unwrap();
        let slots =
            [0, 229_000, 229_001, 594_000, 1_385_000, 1_385_001].map(|m| table.slots(rate, m));
        assert_eq!(slots, [6, 6, 8, 8, 16, 0]);
    }

    #[test]
    fn a_rate_that_is_not_in_the_table_has_no_index() {
        assert_eq!(ReachTable::icc_2020().rate(75), None);
    }
}
