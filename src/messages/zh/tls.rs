//! Certificates in Chinese.

use crate::messages::tls::TlsMessage;

/// What is wrong with a bundle of certificate authorities.
pub(in crate::messages) fn tls(message: &TlsMessage) -> String {
    match message {
        TlsMessage::NotPem(cause) => format!("它不是 PEM 文件：{cause}"),
        TlsMessage::NoCertificate => "其中没有证书；必须是 PEM 文件".to_owned(),
        TlsMessage::BadCertificate { number, cause } => format!("其中的第 {number} 个证书无效：{cause}"),
    }
}
