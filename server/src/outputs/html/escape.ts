/** What keeps text text and links harmless in HTML. */

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for element content or a double-quoted attribute. Control characters that HTML forbids are dropped. */
export function escapeHtml(value: string): string {
  return value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replace(/[&<>"]/g, (sign) => entities[sign]!);
}

/**
 * The link target when it is one that a page may offer: http(s), mail, telephone, ftp, or relative.
 * Undefined for script, data and other schemes; control characters and white space cannot hide one.
 */
export function safeHref(href: string): string | undefined {
  const clean = href.replace(/[\u0000-\u001f\u007f]/g, "").trim();
  if (clean === "") return undefined;
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(clean.replace(/\s/g, ""))?.[1]?.toLowerCase();
  if (scheme === undefined) return clean;
  return ["http", "https", "mailto", "tel", "ftp", "ftps", "sms", "xmpp", "doi", "urn", "news"].includes(scheme)
    ? clean
    : undefined;
}
