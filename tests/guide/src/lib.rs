//! For tests only: the code of `docs/library`, compiled and run as a program outside of these crates would be.
//!
//! It is not in the crates that the pages are about: a package holds nothing from outside of its folder, and a page shows
//! crates together that must not know each other. No line of the code is hidden from who reads a page, so what is tested is
//! what is copied.

/// Each page of the guide. Only the doc tests see them.
#[cfg(doctest)]
mod pages {
    macro_rules! pages {
        ($($page:ident)+) => {$(
            #[doc = include_str!(concat!("../../../docs/library/", stringify!($page), ".md"))]
            mod $page {}
        )+};
    }

    pages!(core fs config cache http oidc portal discovery keyring endpoint);
}
