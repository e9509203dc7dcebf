/**
 * Turns the prefixes a file happens to use into ours. Each format gives a table from namespace URI to canonical prefix;
 * several URIs may share one (Transitional and Strict OOXML). A scope is made only where `xmlns` attributes stand, which
 * is the root in nearly every file, and caches each name it has met: resolving is one Map lookup.
 */

export type NamespaceTable = Readonly<Record<string, string>>;

export class NamespaceScope {
  readonly #elementNames = new Map<string, string>();
  readonly #attributeNames = new Map<string, string>();

  private constructor(
    private readonly table: NamespaceTable,
    private readonly uriOfPrefix: ReadonlyMap<string, string>,
  ) {}

  static root(table: NamespaceTable): NamespaceScope {
    return new NamespaceScope(table, new Map([["xml", "http://www.w3.org/XML/1998/namespace"]]));
  }

  /** The scope inside an element with these raw attributes; itself when they declare nothing. */
  enter(attributes: Record<string, string>): NamespaceScope {
    let declared: Map<string, string> | undefined;
    for (const name in attributes) {
      if (name === "xmlns") (declared ??= new Map(this.uriOfPrefix)).set("", attributes[name]!);
      else if (name.startsWith("xmlns:"))
        (declared ??= new Map(this.uriOfPrefix)).set(name.slice(6), attributes[name]!);
    }
    return declared ? new NamespaceScope(this.table, declared) : this;
  }

  element(rawName: string): string {
    let name = this.#elementNames.get(rawName);
    if (name === undefined) this.#elementNames.set(rawName, (name = this.#resolve(rawName, true)));
    return name;
  }

  attribute(rawName: string): string {
    let name = this.#attributeNames.get(rawName);
    if (name === undefined) this.#attributeNames.set(rawName, (name = this.#resolve(rawName, false)));
    return name;
  }

  /** The canonical prefix a raw prefix stands for here (mc:Choice names raw prefixes in `Requires`). */
  canonicalPrefix(rawPrefix: string): string | undefined {
    const uri = this.uriOfPrefix.get(rawPrefix);
    return uri === undefined ? undefined : this.table[uri];
  }

  #resolve(rawName: string, isElement: boolean): string {
    const colon = rawName.indexOf(":");
    const prefix = colon < 0 ? "" : rawName.slice(0, colon);
    const local = colon < 0 ? rawName : rawName.slice(colon + 1);
    // Unprefixed attributes are in no namespace (Namespaces in XML, 6.2).
    if (prefix === "" && !isElement) return local;
    if (prefix === "xml") return rawName;
    const uri = this.uriOfPrefix.get(prefix);
    const canonical = uri === undefined ? undefined : this.table[uri];
    if (canonical !== undefined) return canonical === "" ? local : `${canonical}:${local}`;
    // An undeclared prefix keeps its usual meaning (sloppy generators); a declared foreign one must not pass for ours.
    return uri === undefined || prefix === "" ? rawName : `?${rawName}`;
  }
}
