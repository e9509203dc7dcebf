/** Addresses that only lead on to another one: what Google Docs and Outlook put in the place of the links people wrote. */

/** The address behind the redirect of an exported document or a scanned mail; other addresses as they are. */
export function behindRedirect(href: string): string {
  const isGoogle = /^https:\/\/www\.google\.com\/url\?q=/i.test(href) && /[?&]sa=D(?:&|$)/.test(href);
  const isOutlook = /^https:\/\/[\w.-]+\.safelinks\.protection\.outlook\.com\/\?/i.test(href);
  if (!isGoogle && !isOutlook) return href;
  try {
    const target = new URL(href).searchParams.get(isGoogle ? "q" : "url");
    return target !== null && /^(?:https?|mailto):/i.test(target) ? target : href;
  } catch {
    return href;
  }
}
