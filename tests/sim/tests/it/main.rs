//! The world's own tests, one module a part, over a tiny HTTP client of their own.

mod admin;
mod binary;
mod client;
mod codes;
mod devices;
mod faults;
mod harness;
mod pages;
mod portal;
mod raw;
mod refresh;
mod registration;
mod signer;
mod signin;
mod sts;
