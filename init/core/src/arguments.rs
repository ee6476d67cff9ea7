//! What the container's arguments mean, by the convention of the official images: arguments that begin with `-` are
//! for the command, any others are another command.

use alloc::vec::Vec;

/// The arguments to execute: `command` with `args` when the container is given none; `command` with the container's when the first of
/// them begins with `-`; the container's alone otherwise.
pub fn resolve<'a, T: AsRef<[u8]>>(command: &'a [T], args: &'a [T], container: &'a [T]) -> Vec<&'a T> {
    let (head, tail): (&[T], &[T]) = match container.first() {
        None => (command, args),
        Some(first) if first.as_ref().starts_with(b"-") => (command, container),
        Some(_) => (&[], container),
    };
    head.iter().chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn arguments_follow_the_official_images() {
        let command = [b"httpd".to_vec()];
        let args = [b"-DFOREGROUND".to_vec()];
        let resolved = |container: &[Vec<u8>]| -> Vec<Vec<u8>> {
            resolve(&command, &args, container).into_iter().cloned().collect()
        };
        assert_eq!(resolved(&[]), [b"httpd".to_vec(), b"-DFOREGROUND".to_vec()]);
        assert_eq!(resolved(&[b"-X".to_vec(), b"y".to_vec()]), [b"httpd".to_vec(), b"-X".to_vec(), b"y".to_vec()]);
        assert_eq!(resolved(&[b"sh".to_vec(), b"-c".to_vec()]), [b"sh".to_vec(), b"-c".to_vec()]);
        assert_eq!(resolved(&[vec![]]), [vec![]]);
    }
}
