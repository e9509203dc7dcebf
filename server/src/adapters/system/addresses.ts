/** Which IP addresses the server may connect to. */
import ipaddr from "ipaddr.js";

export type AddressRule = (address: string) => boolean;

/**
 * Public unicast addresses, and those in the given CIDRs. Everything that only looks public is refused: private,
 * loopback, link-local (the cloud's metadata), CGNAT, reserved, multicast, and the IPv6 forms that carry an IPv4
 * address through a translator (mapped, compatible, NAT64, 6to4, Teredo).
 */
export function allowAddresses(cidrs: readonly string[]): AddressRule {
  const allowed = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  return (text) => {
    const bare = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
    if (!ipaddr.isValid(bare)) return false;
    // `process` turns ::ffff:a.b.c.d into a.b.c.d, so that the rules for IPv4 hold for it.
    const address = ipaddr.process(bare);
    if (allowed.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits)))
      return true;
    return address.range() === "unicast" && !isIpv4Compatible(address);
  };
}

/** ::a.b.c.d, long deprecated (RFC 4291 §2.5.5.1), yet some stacks still route it. */
function isIpv4Compatible(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address instanceof ipaddr.IPv6 && address.parts.slice(0, 6).every((part) => part === 0);
}

/** The host of a URL when it is an address already, so that no name is looked up; else null. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return ipaddr.isValid(bare) ? bare : null;
}
