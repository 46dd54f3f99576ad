//! A QR code of an address, drawn with half blocks.

use crate::output::charset;
use fast_qr::QRBuilder;
use fast_qr::qr::QRCodeError;

/// Modules of blank around the code, as the standard asks for.
const QUIET: usize = 2;

/// The code, two spaces in from the left; `None` when the text is too long or the terminal too narrow.
pub(crate) fn draw(text: &str, width: u16) -> Option<String> {
    let code: Result<_, QRCodeError> = QRBuilder::new(text).ecl(fast_qr::ECL::L).build();
    let code = code.ok()?;
    let side = code.size + 2 * QUIET;
    // In ASCII there are no half blocks, and nobody listens to a picture.
    if side + 2 > usize::from(width) || charset::is_ascii() {
        return None;
    }
    let dark = |row: usize, column: usize| {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < code.size);
        inside(row).zip(inside(column)).is_some_and(|(row, column)| {
            code.data.get(row * code.size + column).is_some_and(|module| module.value())
        })
    };
    let lines = (0..side).step_by(2).map(|row| {
        let cells = (0..side).map(|column| match (dark(row, column), dark(row + 1, column)) {
            // Light modules are drawn: on a dark terminal that is the polarity of the standard, and phones read both.
            (false, false) => '█',
            (false, true) => '▀',
            (true, false) => '▄',
            (true, true) => ' ',
        });
        format!("  {}", cells.collect::<String>())
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_fits_in_a_terminal_and_a_huge_text_does_not() {
        let url = "https://device.sso.us-east-1.amazonaws.com/?user_code=QXBZ-TRVK";
        let code = draw(url, 80).expect("it fits");
        let widths: Vec<usize> = code.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0] && *width <= 80), "{widths:?}");
        assert_eq!(draw(url, 20), None);
        assert_eq!(draw(&"x".repeat(5000), 200), None);
    }
}
