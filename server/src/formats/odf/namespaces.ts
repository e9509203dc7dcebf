/** Namespace URIs of OpenDocument (ODF 1.3 part 3, 1.3) to the prefixes our code uses. */
import type { NamespaceTable } from "../xml/namespaces.ts";

const odf = "urn:oasis:names:tc:opendocument:xmlns";
const own = [
  "office",
  "style",
  "text",
  "table",
  "drawing:draw",
  "presentation",
  "meta",
  "chart",
  "xsl-fo-compatible:fo",
  "svg-compatible:svg",
  "manifest",
  "datastyle:number",
];

export const odfNamespaces: NamespaceTable = {
  ...Object.fromEntries(
    own.map((entry) => {
      const [name, prefix] = entry.split(":") as [string, string | undefined];
      return [`${odf}:${name}:1.0`, prefix ?? name];
    }),
  ),
  "http://www.w3.org/1999/xlink": "xlink",
  "http://purl.org/dc/elements/1.1/": "dc",
  "http://www.w3.org/1998/Math/MathML": "math",
};
