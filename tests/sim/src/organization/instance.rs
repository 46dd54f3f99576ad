//! Instances of IAM Identity Center: the organization's, which has everything, and accounts' own, which have nothing.

/// The number of the organization's own instance.
const OWN: usize = 1;

/// An instance. Its ids follow from its number.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    number: usize,
    pub name: String,
    /// The account it belongs to; nothing for the organization's, which the management account has.
    pub owner: Option<String>,
}

impl Instance {
    /// The organization's.
    pub(crate) fn own(name: &str) -> Self {
        Self { number: OWN, name: name.into(), owner: None }
    }

    /// The `n`-th of those that belong to one account, counted from 1.
    pub(crate) fn of_account(n: usize, name: &str, owner: &str) -> Self {
        Self { number: OWN + n, name: name.into(), owner: Some(owner.into()) }
    }

    pub(crate) fn is_own(&self) -> bool {
        self.number == OWN
    }

    /// The last part of its ARN.
    pub(crate) fn id(&self) -> String {
        format!("ssoins-722300000000{:04}", self.number)
    }

    pub(crate) fn arn(&self, partition: &str) -> String {
        format!("arn:{partition}:sso:::instance/{}", self.id())
    }

    pub(crate) fn identity_store_id(&self) -> String {
        format!("d-9067f00b{:02x}", self.number + 0xa0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_as_long_as_real_ones() {
        let rows = [
            (Instance::own("corp"), "arn:aws:sso:::instance/ssoins-7223000000000001", "d-9067f00ba1"),
            (
                Instance::of_account(1, "x", "1"),
                "arn:aws:sso:::instance/ssoins-7223000000000002",
                "d-9067f00ba2",
            ),
        ];
        for (instance, arn, store) in rows {
            assert_eq!((instance.arn("aws").as_str(), instance.identity_store_id().as_str()), (arn, store));
        }
    }
}
