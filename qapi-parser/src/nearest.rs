//! Suggests a word for a misspelt one.

/// Returns the known word that is most similar, if one is similar enough.
///
/// ```
/// use qapi_parser::shared::nearest;
///
/// assert_eq!(nearest("querry-status", ["query-status", "stop"]), Some("query-status"));
/// assert_eq!(nearest("xyz", ["query-status", "stop"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing two words takes time proportional to the product of their lengths.
    const LONGEST: usize = 200;
    if word.len() > LONGEST {
        return None;
    }
    // One wrong letter of three.
    let allowed = word.len() / 3;
    candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= allowed)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of edits between two words, letter case aside.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
