//! The regions that are documented: places to look, and names that may have been meant. New ones appear every year, so a region
//! that is not in the list is none the worse; only what cannot be one is called wrong.

use sso_core::{Partition, Region};

/// The regions of all partitions that are documented, with the place that people call them by.
pub(crate) const REGIONS: [(&str, &str); 43] = [
    ("us-east-1", "virginia"),
    ("us-east-2", "ohio"),
    ("us-west-1", "california"),
    ("us-west-2", "oregon"),
    ("af-south-1", "cape town"),
    ("ap-east-1", "hong kong"),
    ("ap-east-2", "taipei"),
    ("ap-northeast-1", "tokyo"),
    ("ap-northeast-2", "seoul"),
    ("ap-northeast-3", "osaka"),
    ("ap-south-1", "mumbai"),
    ("ap-south-2", "hyderabad"),
    ("ap-southeast-1", "singapore"),
    ("ap-southeast-2", "sydney"),
    ("ap-southeast-3", "jakarta"),
    ("ap-southeast-4", "melbourne"),
    ("ap-southeast-5", "malaysia"),
    ("ap-southeast-6", "new zealand"),
    ("ap-southeast-7", "thailand"),
    ("ca-central-1", "canada"),
    ("ca-west-1", "calgary"),
    ("eu-central-1", "frankfurt"),
    ("eu-central-2", "zurich"),
    ("eu-north-1", "stockholm"),
    ("eu-south-1", "milan"),
    ("eu-south-2", "spain"),
    ("eu-west-1", "ireland"),
    ("eu-west-2", "london"),
    ("eu-west-3", "paris"),
    ("il-central-1", "tel aviv"),
    ("me-central-1", "uae"),
    ("me-south-1", "bahrain"),
    ("mx-central-1", "mexico"),
    ("sa-east-1", "sao paulo"),
    ("cn-north-1", "beijing"),
    ("cn-northwest-1", "ningxia"),
    ("us-gov-east-1", "govcloud east"),
    ("us-gov-west-1", "govcloud west"),
    ("eusc-de-east-1", "brandenburg"),
    ("us-iso-east-1", ""),
    ("us-iso-west-1", ""),
    ("us-isob-east-1", ""),
    ("eu-isoe-west-1", ""),
];

/// The known regions of a partition.
pub(crate) fn of_partition(partition: Partition) -> Vec<Region> {
    let known = REGIONS.iter().filter_map(|(name, _)| Region::parse(name).ok());
    known.filter(|region| region.partition() == partition).collect()
}

/// Pseudo regions, and regions of partitions whose list is not public.
const ALSO: [&str; 3] = ["aws-global", "us-isof-south-1", "us-isof-east-1"];
/// The words that a region is made of, but for the first and the number.
const WORDS: [&str; 15] = [
    "north",
    "south",
    "east",
    "west",
    "central",
    "northeast",
    "northwest",
    "southeast",
    "southwest",
    "gov",
    "iso",
    "isob",
    "isoe",
    "isof",
    "de",
];

/// What a text is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Known,
    /// It has the words of a region: one that is newer than this program, or a slip.
    Possible,
    /// It cannot be a region.
    No,
}

/// What the text is.
pub(crate) fn verdict(text: &str) -> Verdict {
    if REGIONS.iter().any(|(region, _)| *region == text) || ALSO.contains(&text) {
        return Verdict::Known;
    }
    if Region::parse(text).is_err() {
        return Verdict::No;
    }
    let words: Vec<&str> = text.split('-').collect();
    let middle = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
    if middle.iter().all(|word| WORDS.contains(word)) { Verdict::Possible } else { Verdict::No }
}

/// The region that was meant, if that is plain.
pub(crate) fn meant(text: &str) -> Option<&'static str> {
    let plain =
        |text: &str| text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let wanted = plain(text);
    let exact =
        |wanted: &str| REGIONS.iter().find(|(region, _)| plain(region) == wanted).map(|(region, _)| *region);
    // An availability zone: us-east-1a.
    let zone = || exact(wanted.trim_end_matches(['a', 'b', 'c', 'd', 'e', 'f']));
    let place = || {
        let named = |place: &str| !place.is_empty() && plain(text) == plain(place);
        REGIONS.iter().find(|(_, place)| named(place)).map(|(region, _)| *region)
    };
    let near = || {
        // Only where the ends stay: eu-west-9 may be any.
        let ends =
            |text: &str| Some((text.split_once('-')?.0.to_owned(), text.rsplit_once('-')?.1.to_owned()));
        let wanted = ends(text)?;
        let found = sso_core::nearest(text, REGIONS.iter().map(|(region, _)| *region), REGIONS.len());
        let mut same = found.into_iter().filter(|region| ends(region).is_some_and(|ends| ends == wanted));
        same.next().filter(|_| same.next().is_none())
    };
    exact(&wanted).or_else(zone).or_else(place).or_else(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_that_are_and_those_that_were_meant() {
        use Verdict::{Known, No, Possible};
        for (text, expected, region) in [
            ("eu-west-1", Known, Some("eu-west-1")),
            ("aws-global", Known, None),
            ("us-isof-south-1", Known, None),
            // It may exist tomorrow.
            ("eu-west-4", Possible, None),
            ("ap-southwest-1", Possible, None),
            ("eu-wets-1", No, Some("eu-west-1")),
            ("eu-west1", No, Some("eu-west-1")),
            ("EU-West-1", No, Some("eu-west-1")),
            ("eu_central_1", No, Some("eu-central-1")),
            ("us-east-1a", No, Some("us-east-1")),
            ("Ireland", No, Some("eu-west-1")),
            ("Cape Town", No, Some("af-south-1")),
            ("\"us-east-1\"", No, Some("us-east-1")),
            ("global", No, None),
            ("", No, None),
            ("eu-west", No, None),
        ] {
            assert_eq!(verdict(text), expected, "{text}");
            if expected != Possible {
                assert_eq!(meant(text), region, "{text}");
            }
        }
        assert!(REGIONS.iter().all(|(region, _)| Region::parse(region).is_ok()));
    }

    #[test]
    fn each_is_a_region_and_of_one_partition() {
        let all: usize = Partition::ALL.into_iter().map(|partition| of_partition(partition).len()).sum();
        assert_eq!(all, REGIONS.len());
        let names = |partition| of_partition(partition).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(Partition::AwsCn), ["cn-north-1", "cn-northwest-1"]);
    }
}
