//! `cargo xtask conformance`: does the parser agree with QEMU's generator, on
//! which schemas are accepted, and on the file and line of the error where one is
//! not?

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use clap::Args;
use qapi_parser::{Dialect, Parser};

/// Compare the parser with QEMU's generator, case by case.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Conformance {
    /// The folder of QEMU's own test cases, tests/qapi-schema in its sources.
    #[arg(long, value_name = "DIR")]
    suite: Option<PathBuf>,
    /// Change that many schemas of the sources at random, and compare verdicts.
    #[arg(long, value_name = "COUNT", requires = "qemu_src")]
    mutate: Option<usize>,
    /// Where the random changes start.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
    /// QEMU's sources, with its generator in scripts/.
    #[arg(long, value_name = "DIR")]
    qemu_src: Option<PathBuf>,
}

impl Conformance {
    pub(crate) fn run(self) -> Result<()> {
        let mut all_agree = true;
        let mut report = |agreement: Agreement| {
            for line in &agreement.disagreements {
                println!("{line}");
            }
            println!("{}", agreement.summary());
            all_agree &= agreement.disagreements.is_empty();
        };
        if let Some(folder) = &self.suite {
            report(suite(folder)?);
        }
        if let (Some(count), Some(sources)) = (self.mutate, &self.qemu_src) {
            report(mutate(count, self.seed, sources)?);
        }
        if !all_agree {
            bail!("the parser does not agree with QEMU's generator");
        }
        Ok(())
    }
}

/// How many cases agree, and a line for each that does not.
#[derive(Debug, Default)]
struct Agreement {
    /// The number of cases.
    cases: usize,
    /// What differs, a line for each case.
    disagreements: Vec<String>,
}

impl Agreement {
    fn compare(&mut self, case: &str, qemu: &Verdict, ours: &Verdict) {
        self.cases += 1;
        let agree = match (qemu, ours) {
            // A crash names no place.
            (Verdict::Crashed, Verdict::Rejected { .. }) => true,
            _ => qemu == ours,
        };
        if !agree {
            self.disagreements
                .push(format!("{case}: QEMU {qemu:?}, we {ours:?}"));
        }
    }

    /// `N of M cases agree`.
    fn summary(&self) -> String {
        let agree = self.cases - self.disagreements.len();
        format!("{agree} of {} cases agree", self.cases)
    }
}

/// What becomes of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Rejected {
        file: String,
        line: usize,
    },
    /// The generator itself failed.
    Crashed,
}

impl Verdict {
    fn rejected(path: &str, line: usize) -> Verdict {
        let file = path.rsplit('/').next().unwrap_or(path).to_owned();
        Verdict::Rejected { file, line }
    }

    fn ours(path: &Path) -> Verdict {
        match Parser::new().dialect(Dialect::Strict).parse_file(path) {
            Ok(_) => Verdict::Accepted,
            Err(failure) => match failure.errors().next() {
                Some(error) => {
                    let file = failure.sources.file(error.location);
                    let position = file.position(error.location.start);
                    Verdict::rejected(&file.path, position.line as usize)
                }
                None => Verdict::Crashed,
            },
        }
    }

    /// Reads what QEMU's generator prints: the first line that names a place
    /// and is not about an include.
    fn from_message(message: &str) -> Verdict {
        if message.trim().is_empty() {
            return Verdict::Accepted;
        }
        let place = message.lines().find_map(|line| {
            let mut parts = line.splitn(3, ':');
            let file = parts.next().filter(|file| !file.contains(' '))?;
            Some(Verdict::rejected(file, parts.next()?.parse().ok()?))
        });
        place.unwrap_or(Verdict::Crashed)
    }
}

/// Runs QEMU's schema test suite: a folder of `CASE.json` with what the
/// generator prints in `CASE.err`.
///
/// # Errors
///
/// Where the folder cannot be read.
fn suite(folder: &Path) -> io::Result<Agreement> {
    let mut agreement = Agreement::default();
    for path in schemas_in(folder)? {
        let Ok(message) = fs::read_to_string(path.with_extension("err")) else {
            // It is only included by others.
            continue;
        };
        let case = path.display().to_string();
        agreement.compare(
            &case,
            &Verdict::from_message(&message),
            &Verdict::ours(&path),
        );
    }
    Ok(agreement)
}

fn schemas_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Mutates the schemas of QEMU's test suite, and some of its real ones, and
/// has each of the `count` results judged by QEMU's generator and by us.
///
/// The cases that differ are kept in a folder that is named at the end of the
/// disagreements.
///
/// # Errors
///
/// Where QEMU's source is not in `qemu_source`, or Python cannot be run.
fn mutate(count: usize, seed: u64, qemu_source: &Path) -> io::Result<Agreement> {
    let corpus = Corpus::read(qemu_source)?;
    let folder = std::env::temp_dir().join(format!("qapi-conformance-{seed}"));
    fs::create_dir_all(&folder)?;
    // So that includes find what they name.
    for path in schemas_in(&qemu_source.join("tests/qapi-schema"))? {
        if let Some(name) = path.file_name() {
            fs::copy(&path, folder.join(name))?;
        }
    }
    let mut random = Random(seed);
    let mut paths = Vec::with_capacity(count);
    for index in 0..count {
        let path = folder.join(format!("mutant-{index}.json"));
        fs::write(&path, corpus.mutant(&mut random))?;
        paths.push(path);
    }
    let verdicts = judge(qemu_source, &paths)?;
    let mut agreement = Agreement::default();
    for path in &paths {
        let case = path.display().to_string();
        let qemu = verdicts.get(&case).unwrap_or(&Verdict::Crashed);
        let before = agreement.disagreements.len();
        agreement.compare(&case, qemu, &Verdict::ours(path));
        if agreement.disagreements.len() == before {
            fs::remove_file(path)?;
        }
    }
    if agreement.disagreements.is_empty() {
        fs::remove_dir_all(&folder)?;
    }
    Ok(agreement)
}

/// Reads paths, and prints for each what becomes of it.
const JUDGE: &str = "
import sys
sys.path.insert(0, sys.argv[1])
from qapi.error import QAPISourceError
from qapi.schema import QAPISchema
for path in sys.stdin.read().splitlines():
    try:
        QAPISchema(path)
        verdict = 'accepted'
    except QAPISourceError as error:
        verdict = f'{error.info.fname}:{error.info.line}: rejected'
    except BaseException:
        verdict = 'crashed'
    print(path, verdict, sep='\\t')
";

fn judge(qemu_source: &Path, paths: &[PathBuf]) -> io::Result<HashMap<String, Verdict>> {
    let mut python = Command::new("python3")
        .args(["-c", JUDGE])
        .arg(qemu_source.join("scripts"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut list = String::new();
    for path in paths {
        // Writing to a string cannot fail.
        _ = writeln!(list, "{}", path.display());
    }
    if let Some(mut input) = python.stdin.take() {
        input.write_all(list.as_bytes())?;
    }
    let output = python.wait_with_output()?;
    if !output.status.success() {
        return Err(io::Error::other("QEMU's generator cannot be run"));
    }
    let output = String::from_utf8_lossy(&output.stdout);
    let verdicts = output.lines().filter_map(|line| {
        let (path, verdict) = line.split_once('\t')?;
        let verdict = match verdict {
            "accepted" => Verdict::Accepted,
            _ => Verdict::from_message(verdict),
        };
        Some((path.to_owned(), verdict))
    });
    Ok(verdicts.collect())
}

/// What mutants are made of.
struct Corpus {
    texts: Vec<String>,
    /// Words that mean something to the language, and some that do not.
    words: Vec<String>,
}

impl Corpus {
    fn read(qemu_source: &Path) -> io::Result<Corpus> {
        let mut texts = Vec::new();
        for path in schemas_in(&qemu_source.join("tests/qapi-schema"))? {
            texts.extend(fs::read_to_string(path));
        }
        for path in schemas_in(&qemu_source.join("qapi"))? {
            let text = fs::read_to_string(path)?;
            // A few definitions are as good as all, and a lot faster.
            texts.extend(excerpts(&text));
        }
        let mut words: Vec<String> = texts
            .iter()
            .flat_map(|text| text.split_whitespace())
            .map(str::to_owned)
            .collect();
        words.sort();
        words.dedup();
        Ok(Corpus { texts, words })
    }

    fn mutant(&self, random: &mut Random) -> Vec<u8> {
        let mut text = random.pick(&self.texts).clone();
        for _ in 0..=random.below(3) {
            text = self.mutate(&text, random);
        }
        text.into_bytes()
    }

    fn mutate(&self, text: &str, random: &mut Random) -> String {
        if random.below(2) == 0 {
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            self.mutate_parts(&lines, random, "\n")
        } else {
            let tokens = tokens(text);
            self.mutate_parts(&tokens, random, "")
        }
    }

    fn mutate_parts(&self, parts: &[&str], random: &mut Random, end: &str) -> String {
        if parts.is_empty() {
            return random.pick(&self.words).clone();
        }
        let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let at = random.below(parts.len());
        let other = random.below(parts.len());
        match random.below(7) {
            0 => _ = parts.remove(at),
            1 => parts.insert(other, parts[at].clone()),
            2 => parts.swap(at, other),
            3 => parts[at] = parts[other].clone(),
            4 => parts.insert(at, format!("{}{end}", random.pick(&self.words))),
            5 => parts[at] = format!("{}{end}", random.pick(&self.words)),
            _ => parts[at] = scramble(&parts[at], random),
        }
        parts.concat()
    }
}

/// Runs of definitions, with their comments.
fn excerpts(text: &str) -> Vec<String> {
    const DEFINITIONS: usize = 4;
    let starts: Vec<usize> = text
        .match_indices("\n##\n# @")
        .map(|(at, _)| at + 1)
        .chain([text.len()])
        .collect();
    starts
        .windows(DEFINITIONS + 1)
        .step_by(DEFINITIONS)
        .map(|window| text[window[0]..window[DEFINITIONS]].to_owned())
        .collect()
}

/// Strings, words, spaces and punctuation.
fn tokens(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => 0,
        ' ' => 1,
        _ => 2,
    };
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, c) in text.char_indices() {
        let this = class(c);
        if at > start && (last != Some(this) || this == 2) {
            tokens.push(&text[start..at]);
            start = at;
        }
        last = Some(this);
    }
    tokens.push(&text[start..]);
    tokens
}

/// Changes one character.
fn scramble(text: &str, random: &mut Random) -> String {
    const CHARACTERS: [&str; 24] = [
        "'", "{", "}", "[", "]", ",", ":", "#", "##", "@", "*", "\\", "\t", "\r", "\n", " ", "é",
        "_", "-", "A", "z", "1", ".", "\u{a0}",
    ];
    let mut characters: Vec<String> = text.chars().map(String::from).collect();
    if !characters.is_empty() {
        let at = random.below(characters.len());
        characters[at] = (*random.pick(&CHARACTERS)).to_owned();
    }
    characters.concat()
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }
}
