//! Which page of the AWS console: from a region and a service's name to an address. Pure.

use sso_core::Region;
use sso_http::Url;
use thiserror::Error;

/// What people call services, and where the console has them. Whatever is not here is its own path.
const ALIASES: [(&str, &str); 42] = [
    ("api", "apigateway"),
    ("bill", "billing"),
    ("build", "codesuite/codebuild"),
    ("cb", "codesuite/codebuild"),
    ("ce", "cost-management"),
    ("cf", "cloudfront/v4"),
    ("cfn", "cloudformation"),
    ("cloudfront", "cloudfront/v4"),
    ("cloudtrail", "cloudtrailv2"),
    ("codebuild", "codesuite/codebuild"),
    ("codecommit", "codesuite/codecommit"),
    ("codedeploy", "codesuite/codedeploy"),
    ("codepipeline", "codesuite/codepipeline"),
    ("cognito", "cognito/v2"),
    ("cp", "codesuite/codepipeline"),
    ("ct", "cloudtrailv2"),
    ("cw", "cloudwatch"),
    ("ddb", "dynamodbv2"),
    ("dynamodb", "dynamodbv2"),
    ("eb", "elasticbeanstalk"),
    ("eventbridge", "events"),
    ("gd", "guardduty"),
    ("identitycenter", "singlesignon"),
    ("l", "lambda"),
    ("logs", "cloudwatch"),
    ("mq", "amazon-mq"),
    ("opensearch", "aos"),
    ("org", "organizations/v2"),
    ("organizations", "organizations/v2"),
    ("param", "systems-manager"),
    ("r53", "route53/v2"),
    ("redshift", "redshiftv2"),
    ("route53", "route53/v2"),
    ("sfn", "states"),
    ("sm", "secretsmanager"),
    ("sns", "sns/v3"),
    ("sqs", "sqs/v3"),
    ("ssm", "systems-manager"),
    ("sso", "singlesignon"),
    ("stepfunctions", "states"),
    ("vpc", "vpcconsole"),
    ("waf", "wafv2"),
];

/// Longer names are no services.
const LONGEST: usize = 64;

/// Why there is no such page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConsoleError {
    /// The name could lead elsewhere than into the console.
    #[error("a service's name is made of letters, digits and hyphens")]
    Service,
    /// The region's partition has no console that anybody documents.
    #[error("the console of this partition is not public")]
    Partition,
}

/// The page of a service in a region, or the region's home page.
///
/// # Errors
/// See [`ConsoleError`].
pub fn console_page(region: &Region, service: Option<&str>) -> Result<Url, ConsoleError> {
    let (host, _) = region.partition().console_hosts().ok_or(ConsoleError::Partition)?;
    let path = match service {
        None => "console".to_owned(),
        Some(name) => path_of(name)?,
    };
    let host = format!("{region}.{host}");
    let page = Url::parse(&format!("https://{host}/{path}/home?region={region}"));
    // The last line of defence: what was parsed is what was meant.
    page.ok().filter(|page| page.host_str() == Some(host.as_str())).ok_or(ConsoleError::Service)
}

fn path_of(service: &str) -> Result<String, ConsoleError> {
    let name = service.to_ascii_lowercase();
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let good = name.len() <= LONGEST
        && name.bytes().all(|byte| letter(byte) || byte == b'-')
        && name.bytes().next().is_some_and(letter);
    if !good {
        return Err(ConsoleError::Service);
    }
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    Ok(alias.map_or(name, |(_, path)| (*path).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(region: &str, service: Option<&str>) -> Result<String, ConsoleError> {
        console_page(&Region::parse(region).expect("a region"), service).map(String::from)
    }

    #[test]
    fn pages_of_all_partitions() {
        for (region, service, expected) in [
            ("eu-west-1", None, "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1"),
            ("us-east-1", Some("ec2"), "https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1"),
            ("us-east-1", Some("S3"), "https://us-east-1.console.aws.amazon.com/s3/home?region=us-east-1"),
            (
                "us-east-1",
                Some("ddb"),
                "https://us-east-1.console.aws.amazon.com/dynamodbv2/home?region=us-east-1",
            ),
            (
                "us-east-1",
                Some("cw"),
                "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1",
            ),
            (
                "us-east-1",
                Some("codebuild"),
                "https://us-east-1.console.aws.amazon.com/codesuite/codebuild/home?region=us-east-1",
            ),
            ("cn-north-1", None, "https://cn-north-1.console.amazonaws.cn/console/home?region=cn-north-1"),
            (
                "us-gov-west-1",
                Some("lambda"),
                "https://us-gov-west-1.console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1",
            ),
            (
                "eusc-de-east-1",
                None,
                "https://eusc-de-east-1.console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1",
            ),
        ] {
            assert_eq!(page(region, service).as_deref(), Ok(expected));
        }
        assert_eq!(page("us-iso-east-1", None), Err(ConsoleError::Partition));
    }

    #[test]
    fn hostile_names_lead_nowhere() {
        for name in [
            "",
            "-",
            "-ec2",
            ".",
            "..",
            "../x",
            "ec2/v2",
            "//evil.example",
            "\\\\evil.example",
            "ec2?region=x",
            "ec2#x",
            "ec2&x=y",
            "ec2%2f..",
            "ec2@evil.example",
            "ec2:443",
            "ec2 x",
            "ec2\r\nx",
            "ec2\u{0}",
            "é",
            "ｅｃ２",
            "javascript:alert(1)",
        ] {
            assert_eq!(page("us-east-1", Some(name)), Err(ConsoleError::Service), "{name:?}");
        }
        assert_eq!(page("us-east-1", Some(&"a".repeat(LONGEST + 1))), Err(ConsoleError::Service));
    }

    #[test]
    fn aliases_are_sorted_names_and_lead_to_paths() {
        assert!(ALIASES.is_sorted_by(|a, b| a.0 < b.0));
        for (alias, path) in ALIASES {
            let plain =
                |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            assert!(plain(alias) && path.split('/').all(plain), "{alias}");
        }
    }

    proptest! {
        #[test]
        fn the_host_is_always_the_consoles(name in ".{0,80}") {
            if let Ok(page) = page("eu-central-1", Some(&name)) {
                prop_assert!(page.starts_with("https://eu-central-1.console.aws.amazon.com/"), "{page}");
                prop_assert!(page.ends_with("/home?region=eu-central-1"), "{page}");
            }
        }
    }
}
