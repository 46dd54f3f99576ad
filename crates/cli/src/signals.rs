//! Which signals the caller lets us ignore: `nohup`, and a shell without job control for what it starts in the background.

/// Whether whoever started us has this signal ignored. Then it stays ignored, here and in what we start.
pub(crate) fn is_ignored(signal: i32) -> bool {
    // There is no way to ask without changing it but this one.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    in_mask(&status, signal)
}

fn in_mask(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let bit = u32::try_from(signal).ok().and_then(|signal| signal.checked_sub(1));
    bit.and_then(|bit| mask.checked_shr(bit)).is_some_and(|mask| mask & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_the_kernel() {
        let status = "Name:\tsso\nSigBlk:\t00000000ffffffff\nSigIgn:\t0000000000001003\nSigCgt:\t0\n";
        let ignored: Vec<i32> = (-1..70).filter(|signal| in_mask(status, *signal)).collect();
        assert_eq!(ignored, [1, 2, 13]);
        assert!(!in_mask("", 1) && !in_mask("SigIgn:\tx\n", 1), "elsewhere nothing is known");
    }
}
