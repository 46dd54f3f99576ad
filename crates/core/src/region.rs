//! Regions and partitions. A region's form is checked before any host is built from it.

use std::fmt;
use thiserror::Error;

/// A region whose form was checked: `^[a-z]{2,}(-[a-z0-9]+)+-\d{1,2}$`, or `aws-global`.
///
/// A region becomes part of a host name that secrets are sent to, so nothing else may pass (catalogue D2). It has at most 63
/// characters, as many as a label of a host name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

/// The text has not the form of a region.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("not a region name such as us-east-1")]
pub struct RegionError;

impl Region {
    /// Checks the form. It is not looked up in a list: new regions appear every year.
    ///
    /// # Errors
    /// [`RegionError`]: the text has another form, or over 63 characters.
    pub fn parse(text: &str) -> Result<Self, RegionError> {
        let well_formed = text.len() <= 63 && (has_region_form(text) || text == "aws-global");
        if well_formed { Ok(Self(text.to_owned())) } else { Err(RegionError) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition by the region's prefix; `aws` for what is unknown, as the AWS rule sets do.
    #[must_use]
    pub fn partition(&self) -> Partition {
        const PREFIXES: [(&str, Partition); 7] = [
            ("cn-", Partition::AwsCn),
            ("us-gov-", Partition::AwsUsGov),
            ("eusc-", Partition::AwsEusc),
            ("us-iso-", Partition::AwsIso),
            ("us-isob-", Partition::AwsIsoB),
            ("eu-isoe-", Partition::AwsIsoE),
            ("us-isof-", Partition::AwsIsoF),
        ];
        PREFIXES
            .iter()
            .find(|(prefix, _)| self.0.starts_with(prefix))
            .map_or(Partition::Aws, |(_, partition)| *partition)
    }
}

fn has_region_form(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let lower = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let lower_or_digit =
        |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    first.len() >= 2
        && lower(first)
        && !middle.is_empty()
        && middle.iter().all(lower_or_digit)
        && (1..=2).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A partition: regions that share identities and host suffixes.
///
/// Source: the partition table of botocore's endpoint rules (`partitions.json`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Partition {
    /// Commercial regions, and the fall-back for names that are unknown.
    Aws,
    /// China.
    AwsCn,
    /// GovCloud (US).
    AwsUsGov,
    /// European Sovereign Cloud.
    AwsEusc,
    /// Isolated, US top secret.
    AwsIso,
    /// Isolated, US secret.
    AwsIsoB,
    /// Isolated, Europe.
    AwsIsoE,
    /// Isolated, US.
    AwsIsoF,
}

impl Partition {
    /// Every partition.
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::AwsCn,
        Self::AwsUsGov,
        Self::AwsEusc,
        Self::AwsIso,
        Self::AwsIsoB,
        Self::AwsIsoE,
        Self::AwsIsoF,
    ];

    /// The id that ARNs carry (`aws`, `aws-cn`, ...).
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsEusc => "aws-eusc",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsIsoE => "aws-iso-e",
            Self::AwsIsoF => "aws-iso-f",
        }
    }

    /// The host suffix of ordinary and FIPS endpoints.
    #[must_use]
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "amazonaws.com",
            Self::AwsCn => "amazonaws.com.cn",
            Self::AwsEusc => "amazonaws.eu",
            Self::AwsIso => "c2s.ic.gov",
            Self::AwsIsoB => "sc2s.sgov.gov",
            Self::AwsIsoE => "cloud.adc-e.uk",
            Self::AwsIsoF => "csp.hci.ic.gov",
        }
    }

    /// The region in which AWS Organizations answers.
    ///
    /// Source: the endpoint rule set of Organizations in botocore.
    #[must_use]
    pub fn organizations_region(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-northwest-1",
            Self::AwsUsGov => "us-gov-west-1",
            Self::AwsEusc => "eusc-de-east-1",
            Self::AwsIso => "us-iso-east-1",
            Self::AwsIsoB => "us-isob-east-1",
            Self::AwsIsoE => "eu-isoe-west-1",
            Self::AwsIsoF => "us-isof-south-1",
        }
    }

    /// The host of the console (below a region) and the host that signs in to it, where they are public.
    ///
    /// Source: the endpoint pages of the AWS General Reference, of China and of the European Sovereign Cloud, and the rule
    /// set of the Sign-In service. The isolated partitions' are not documented.
    #[must_use]
    pub fn console_hosts(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Aws => Some(("console.aws.amazon.com", "signin.aws.amazon.com")),
            Self::AwsCn => Some(("console.amazonaws.cn", "signin.amazonaws.cn")),
            Self::AwsUsGov => Some(("console.amazonaws-us-gov.com", "signin.amazonaws-us-gov.com")),
            Self::AwsEusc => Some(("console.amazonaws-eusc.eu", "signin.amazonaws-eusc.eu")),
            Self::AwsIso | Self::AwsIsoB | Self::AwsIsoE | Self::AwsIsoF => None,
        }
    }

    /// The host suffix of dual-stack (IPv4 and IPv6) endpoints.
    #[must_use]
    pub fn dual_stack_suffix(self) -> &'static str {
        match self {
            Self::Aws | Self::AwsUsGov => "api.aws",
            Self::AwsCn => "api.amazonwebservices.com.cn",
            Self::AwsEusc => "api.amazonwebservices.eu",
            Self::AwsIso => "api.aws.ic.gov",
            Self::AwsIsoB => "api.aws.scloud",
            Self::AwsIsoE => "api.cloud-aws.adc-e.uk",
            Self::AwsIsoF => "api.aws.hci.ic.gov",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn regions_have_a_form() {
        for good in [
            "us-east-1",
            "ap-southeast-10",
            "us-gov-west-1",
            "eusc-de-east-1",
            "us-isob-east-1",
            "xx-nowhere-9",
            "aws-global",
        ] {
            assert!(Region::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "us",
            "us-1",
            "us-east",
            "us_east-1",
            "US-EAST-1",
            "us-east-1 ",
            "evil.example/#",
            "-us-east-1",
            "us-east-1-",
            "us-east-123",
            "us--east-1",
            "u-east-1",
            "us-east-1#",
            "us-east-1/",
            "ü-east-1",
            "us-east-１",
        ] {
            assert_eq!(Region::parse(bad), Err(RegionError), "{bad}");
        }
    }

    #[test]
    fn partitions_follow_the_prefix() {
        for (region, id) in [
            ("eu-west-1", "aws"),
            ("us-gov-east-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eusc-de-east-1", "aws-eusc"),
            ("cn-north-1", "aws-cn"),
        ] {
            assert_eq!(Region::parse(region).map(|region| region.partition().id()), Ok(id), "{region}");
        }
    }

    proptest! {
        #[test]
        fn a_region_never_holds_what_steers_a_host(
            shape in "(us|eu|cn|us-gov)-[a-z]{3,9}-[0-9]{1,2}",
            at in any::<proptest::sample::Index>(),
            change in any::<char>(),
        ) {
            prop_assert!(Region::parse(&shape).is_ok(), "{shape}");
            let mut text: Vec<char> = shape.chars().collect();
            let at = at.index(text.len());
            text[at] = change;
            let text: String = text.into_iter().collect();
            let harmless = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            prop_assert!(Region::parse(&text).is_err() || text.bytes().all(harmless), "{text}");
        }
    }
}
