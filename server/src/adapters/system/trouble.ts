/** What went wrong between us and a foreign server, in words for whoever gave the URL: which host, what, and what to do. */

const words: Record<string, string> = {
  ECONNREFUSED: "refused the connection. Check its port, and that it runs",
  ECONNRESET: "broke off the connection. Try again later",
  EPIPE: "broke off the connection. Try again later",
  UND_ERR_SOCKET: "broke off the connection. Try again later",
  ETIMEDOUT: "did not take the connection in time. Check that it can be reached from this server",
  UND_ERR_CONNECT_TIMEOUT: "did not take the connection in time. Check that it can be reached from this server",
  UND_ERR_HEADERS_TIMEOUT: "did not answer in time. Try again later",
  UND_ERR_BODY_TIMEOUT: "stopped sending. Try again later",
  EHOSTUNREACH: "cannot be reached from this server. Check its address and the network",
  ENETUNREACH: "cannot be reached from this server. Check its address and the network",
  ENETDOWN: "cannot be reached from this server. Check its address and the network",
  ENOTFOUND: "is a name that no name server knows. Check its spelling",
  ENODATA: "is a name without an address. Check its spelling",
  EAI_AGAIN: "could not be looked up: the name server does not answer. Try again later",
};

/** Says what an error of a connection to `host` means. */
export function describeTrouble(error: unknown, host: string): string {
  const code = String((error as { code?: unknown } | null)?.code);
  const known = words[code];
  if (known) return `${host} ${known}`;
  // What OpenSSL and Node refuse of a certificate: CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT, ERR_TLS_CERT_ALTNAME_INVALID, …
  if (/CERT|TLS|SSL|SIGNATURE/.test(code))
    return `${host} could not be trusted (${code}). Its certificate must be valid for this name`;
  return `the connection to ${host} failed. Try again later`;
}

/** Says what an answer other than 2xx means. */
export function describeStatus(status: number, host: string): string {
  const cure =
    status === 401 || status === 403
      ? "The URL must work without a login: send the file itself, or a signed URL"
      : status === 404 || status === 410
        ? "Check that the file is there and the URL has not expired"
        : status === 429
          ? "It takes no more requests now: try again later"
          : status >= 500
            ? "It is out of order: try again later"
            : "Check the URL";
  return `${host} answered ${status}. ${cure}`;
}
