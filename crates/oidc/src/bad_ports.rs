//! Ports that no browser goes to, because other protocols are spoken there (Fetch standard, "port blocking").

/// Those of Chromium 148, found by asking it for all up to 11,000, and Firefox's own two, 4190 and 6679. In order.
const REFUSED: [u16; 82] = [
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
    109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
    526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
    3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// Whether a browser that is sent there shows an error of its own.
pub(crate) fn browsers_refuse(port: u16) -> bool {
    REFUSED.binary_search(&port).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(REFUSED.is_sorted());
        for (port, refused) in
            [(0, false), (1, true), (80, false), (6000, true), (8080, false), (10080, true), (37301, false)]
        {
            assert_eq!(browsers_refuse(port), refused, "{port}");
        }
    }
}
