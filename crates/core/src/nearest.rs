//! The nearest names to one that does not exist, for "near:" lines.

/// Up to `most` of `names` that a person may have meant by `wanted`, best first.
///
/// Near means: same but for case, one contains the other, or an edit distance of at most a third of the length. Names of over 256
/// bytes, which nobody types, are near only where one contains the other.
#[must_use]
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(1);
    let mut scored: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let typed = wanted.len().max(lower.len()) <= LONGEST_TYPED;
            let distance = if typed { edit_distance(&wanted, &lower) } else { usize::MAX };
            let related =
                wanted.len() > 2 && (lower.contains(&wanted) || wanted.contains(&lower)) && !lower.is_empty();
            (distance <= limit || related).then_some((distance, name))
        })
        .collect();
    scored.sort();
    scored.into_iter().take(most).map(|(_, name)| name).collect()
}

/// In bytes. Of longer ones no edits are counted, which takes the product of both lengths.
const LONGEST_TYPED: usize = 256;

/// Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: optimal string alignment.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let mut best =
                (at(&last, j + 1) + 1).min(at(&row, j) + 1).min(at(&last, j) + usize::from(from != to));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(to) && b.get(j - 1) == Some(from);
            if swapped {
                best = best.min(at(&before_last, j - 1) + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_name() {
        let names = ["prod", "prod-readonly", "dev", "staging"];
        assert_eq!(nearest("prdo", names, 3), ["prod"]);
        assert_eq!(nearest("Prod", names, 3), ["prod", "prod-readonly"]);
        assert_eq!(nearest("stagign", names, 3), ["staging"]);
        assert_eq!(nearest("zzz", names, 3), Vec::<&str>::new());
        assert_eq!(nearest("", names, 3), Vec::<&str>::new());
        let long = "x".repeat(1 << 20);
        assert_eq!(nearest(&long, [format!("{long}y").as_str(), "a"], 3), [format!("{long}y")]);
    }
}
