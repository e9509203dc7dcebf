/** What a page says about itself: title, language, base address and the meta tags that mean something. */
import type { Document } from "@knowhere/contract";
import { attribute, elementsBelow, findBelow, type HtmlParent, textBelow } from "./dom.ts";

export interface PageMetadata {
  title?: string;
  language?: string;
  /** `<base href>`, else the canonical address. */
  baseUrl?: string;
  metadata: Document["metadata"];
}

/** Meta names and the key they are kept under; the first of several wins. */
const kept: Readonly<Record<string, string>> = {
  author: "author",
  "article:author": "author",
  "dc.creator": "author",
  description: "description",
  "og:description": "description",
  "dc.description": "description",
  keywords: "keywords",
  generator: "generator",
  "article:published_time": "published",
  "dc.date": "published",
  date: "published",
  "article:modified_time": "modified",
  "og:site_name": "site",
  "og:url": "url",
  "og:type": "type",
};
const maxValueLength = 2000;

export function readPageMetadata(page: HtmlParent): PageMetadata {
  const metadata: Document["metadata"] = {};
  let title: string | undefined;
  let socialTitle: string | undefined;
  let base: string | undefined;
  let canonical: string | undefined;
  const html = findBelow(page, "html");
  let language = html && (attribute(html, "lang") ?? attribute(html, "xml:lang"));
  for (const element of elementsBelow(page)) {
    if (element.tagName === "title" && element.namespaceURI.endsWith("xhtml"))
      title ??= textBelow(element, maxValueLength).replace(/\s+/g, " ").trim();
    else if (element.tagName === "base") base ??= attribute(element, "href");
    else if (element.tagName === "link") {
      if (attribute(element, "rel")?.toLowerCase() === "canonical") canonical ??= attribute(element, "href");
    } else if (element.tagName === "meta") {
      const name = (
        attribute(element, "name") ??
        attribute(element, "property") ??
        attribute(element, "http-equiv")
      )?.toLowerCase();
      const value = attribute(element, "content")?.replace(/\s+/g, " ").trim().slice(0, maxValueLength);
      if (!name || !value) continue;
      if (name === "og:title") socialTitle ??= value;
      if (name === "content-language") language ??= value;
      const key = kept[name];
      if (key) metadata[key] ??= value;
    }
  }
  if (canonical) metadata.url ??= canonical;
  const chosen = title || socialTitle;
  const isAbsolute = (url: string | undefined): boolean => /^https?:\/\//i.test(url ?? "");
  const baseUrl = [base, canonical, typeof metadata.url === "string" ? metadata.url : undefined].find(isAbsolute);
  return {
    metadata,
    ...(chosen ? { title: chosen } : {}),
    ...(language && /^[a-zA-Z]{2,3}\b/.test(language) ? { language: language.trim().split(/[\s,]/)[0]! } : {}),
    ...(baseUrl ? { baseUrl } : {}),
  };
}

/** The encoding a page declares in its first bytes (HTML 13.2.3.2: the meta tags of the first 1,024 bytes; we look further). */
export function declaredCharset(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 8192)).toString("latin1");
  return (
    /<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1] ??
    /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/i.exec(head)?.[1]
  );
}
