//! The picture: a bar for each program, the shortest first.

use super::report::Bar;
use plotters::prelude::*;

const WIDTH: u32 = 760;
const ROW: u32 = 34;
const HEAD: u32 = 46;
/// Where bars begin: names stand before them.
const LEFT: i32 = 270;
/// What is left behind the longest bar, for its number.
const RIGHT: i32 = 90;

/// An SVG document.
pub(super) fn bars(bars: &[Bar]) -> Result<String, String> {
    let mut svg = String::new();
    draw(bars, &mut svg).map_err(|error| format!("the picture cannot be drawn: {error}"))?;
    Ok(svg)
}

fn draw(bars: &[Bar], svg: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let height = HEAD + ROW * u32::try_from(bars.len())? + 14;
    let area = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let text = ("sans-serif", 15).into_font().color(&RGBColor(40, 40, 40));
    let title = ("sans-serif", 16).into_font().style(FontStyle::Bold).color(&RGBColor(20, 20, 20));
    area.draw(&Text::new("Time until the credentials of a profile are there", (16, 16), title))?;
    let longest = bars.iter().map(|bar| bar.ms).fold(f64::MIN_POSITIVE, f64::max);
    let room = f64::from(i32::try_from(WIDTH)? - LEFT - RIGHT);
    let mut top = i32::try_from(HEAD)?;
    for (at, bar) in bars.iter().enumerate() {
        // A pixel at least: something that is there is seen.
        #[allow(clippy::cast_possible_truncation, reason = "pixels")]
        let length = (bar.ms / longest * room).ceil().max(2.0) as i32;
        let color = if at == 0 { RGBColor(22, 130, 80) } else { RGBColor(150, 160, 175) };
        area.draw(&Text::new(bar.name.clone(), (16, top + 6), text.clone()))?;
        area.draw(&Rectangle::new([(LEFT, top), (LEFT + length, top + 24)], color.filled()))?;
        let shown = if bar.ms < 10.0 { format!("{:.1} ms", bar.ms) } else { format!("{:.0} ms", bar.ms) };
        area.draw(&Text::new(shown, (LEFT + length + 8, top + 6), text.clone()))?;
        top += i32::try_from(ROW)?;
    }
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_has_its_name_and_number() {
        let bar = |name: &str, ms| Bar { name: name.to_owned(), ms };
        let svg = bars(&[bar("sso", 1.26), bar("another <one>", 412.4)]).expect("drawn");
        for part in ["<svg", "1.3 ms", "412 ms", "another &lt;one&gt;", "</svg>"] {
            assert!(svg.contains(part), "{part} is not in {svg}");
        }
    }
}
