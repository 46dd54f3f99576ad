//! `sso configure` by options.
