//! The regions that are documented: places to look, and names that may have been meant. New ones appear every year, so a region
//! that is not in the list is none the worse.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_a_region_and_of_one_partition() {
        let all: usize = Partition::ALL.into_iter().map(|partition| of_partition(partition).len()).sum();
        assert_eq!(all, REGIONS.len());
        let names = |partition| of_partition(partition).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(Partition::AwsCn), ["cn-north-1", "cn-northwest-1"]);
    }
}
