/** Reads docProps/core.xml, app.xml and custom.xml into the document's metadata. */
import type { Document } from "@knowhere/contract";
import { childrenOf, textOf } from "../xml/element.ts";
import type { OoxmlPackage } from "./package.ts";

type Metadata = Document["metadata"];

/** Element of a properties part to metadata key; what is not listed is of no use to a reader. */
const coreNames: Readonly<Record<string, string>> = {
  "dc:title": "title",
  "dc:creator": "author",
  "dc:subject": "subject",
  "dc:description": "description",
  "dc:language": "language",
  "cp:keywords": "keywords",
  "cp:category": "category",
  "cp:lastModifiedBy": "last_modified_by",
  "cp:revision": "revision",
  "cp:contentStatus": "status",
  "dcterms:created": "created",
  "dcterms:modified": "modified",
};
const extendedNames: Readonly<Record<string, string>> = {
  "ep:Application": "application",
  "ep:Company": "company",
  "ep:Manager": "manager",
  "ep:Template": "template",
};
const maxCustomProperties = 1_000;

/** Never throws: properties that cannot be read are left out. */
export async function readProperties(opened: OoxmlPackage): Promise<Metadata> {
  const metadata: Metadata = {};
  await collect(opened, "core-properties", coreNames, metadata);
  await collect(opened, "extended-properties", extendedNames, metadata);
  const custom = await treeOf(opened, "custom-properties");
  for (const property of childrenOf(custom).slice(0, maxCustomProperties)) {
    const name = property.attributes["name"];
    const value = textOf(property).trim();
    // `__proto__` would be taken for the prototype.
    if (name && value && name !== "__proto__" && !(name in metadata)) metadata[name] = value;
  }
  return metadata;
}

async function collect(
  opened: OoxmlPackage,
  type: string,
  names: Readonly<Record<string, string>>,
  into: Metadata,
): Promise<void> {
  for (const element of childrenOf(await treeOf(opened, type))) {
    const key = names[element.name];
    const value = textOf(element).trim();
    if (key !== undefined && value !== "") into[key] = value;
  }
}

async function treeOf(opened: OoxmlPackage, type: string) {
  // Strict packages spell the types "extendedProperties" and "customProperties".
  const camel = type.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  try {
    const part = (await opened.relatedPart("", type)) ?? (await opened.relatedPart("", camel));
    return part === undefined ? undefined : await opened.tree(part);
  } catch {
    return undefined;
  }
}
