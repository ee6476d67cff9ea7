//! How the probe shows that it is ready.

use std::{
    env, mem,
    net::TcpListener,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
};

use scenarios::Result;

/// As long as the program lives.
pub fn listen(address: &str) -> Result<()> {
    mem::forget(TcpListener::bind(address)?);
    Ok(())
}

pub fn notify(text: &str) -> Result<()> {
    let address = env::var("NOTIFY_SOCKET")?;
    let name = address.strip_prefix('@').ok_or("the address is not abstract")?;
    UnixDatagram::unbound()?.send_to_addr(text.as_bytes(), &SocketAddr::from_abstract_name(name)?)?;
    Ok(())
}
