/**
 * Streams XML as small pieces: *containers* are opened and closed, everything else arrives as finished element trees.
 * So a document of any length is read paragraph by paragraph, and the same walker can replay a tree that is already there.
 */
import { type Problem, problem } from "@knowhere/contract";
import { SaxesParser } from "saxes";
import type { XmlElement } from "./element.ts";
import { decoderFor } from "./encoding.ts";
import { NamespaceScope, type NamespaceTable } from "./namespaces.ts";

export interface XmlHandlers {
  /** A container starts; its element carries attributes but no children. True opens it, false takes it as a whole tree instead. */
  open(element: XmlElement): boolean;
  close(name: string): void;
  /** A finished element below a container. */
  tree(element: XmlElement): void;
}
export interface XmlOptions {
  readonly namespaces: NamespaceTable;
  /** Canonical names that are opened and closed instead of collected. The root always is. */
  readonly containers: ReadonlySet<string>;
  readonly maxDepth?: number;
  /** Elements and text runs of one collected tree. */
  readonly maxTreeNodes?: number;
  /** "ignore" lets a DOCTYPE without internal subset pass (NCX files must have one); entities are never read. */
  readonly doctype?: "refuse" | "ignore";
  readonly signal?: AbortSignal | undefined;
}

/** Word nests about a dozen levels a table; deeper than this is an attack on recursion. */
const maxDepthDefault = 1_000;
const maxTreeNodesDefault = 1_000_000;
const maxElementsTotal = 50_000_000;

const parsingFailed = (message: string, cause?: unknown): Problem =>
  problem("PARSING_FAILED", { message: `Unable to parse document: ${message}` }, { cause });

/** Reads all of `chunks`. Throws PARSING_FAILED for XML that is not well formed and LIMIT_EXCEEDED past a limit or for a DOCTYPE. */
export async function streamXml(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: XmlOptions,
  handlers: XmlHandlers,
): Promise<void> {
  const machine = new TreeMachine(options, handlers);
  const parser = makeParser(machine, options);
  let decoder: ReturnType<typeof decoderFor> | undefined;
  for await (const chunk of chunks) {
    options.signal?.throwIfAborted();
    decoder ??= decoderFor(chunk);
    parser.write(decoder.write(chunk));
  }
  if (!decoder) throw parsingFailed("a part of it is empty.");
  parser.write(decoder.end());
  parser.close();
}

/** Reads a small part whole, as one tree. */
export async function readXml(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: Omit<XmlOptions, "containers">,
): Promise<XmlElement> {
  let root: XmlElement | undefined;
  const handlers: XmlHandlers = {
    open: () => false,
    close: () => undefined,
    tree: (element) => {
      root = element;
    },
  };
  await streamXml(chunks, { ...options, containers: new Set() }, handlers);
  if (!root) throw parsingFailed("a part of it holds no XML.");
  return root;
}

/** Sends a tree through the handlers as if it had been streamed. */
export function replayTree(element: XmlElement, containers: ReadonlySet<string>, handlers: XmlHandlers): void {
  const isOpened =
    containers.has(element.name) && handlers.open({ name: element.name, attributes: element.attributes, children: [] });
  if (!isOpened) {
    handlers.tree(element);
    return;
  }
  for (const child of element.children) if (typeof child !== "string") replayTree(child, containers, handlers);
  handlers.close(element.name);
}

function makeParser(machine: TreeMachine, options: XmlOptions): SaxesParser {
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on("error", (error) => {
    throw parsingFailed("its XML is not well formed.", error);
  });
  parser.on("doctype", (text) => {
    if (options.doctype === "ignore" && !text.includes("[")) return;
    throw problem("LIMIT_EXCEEDED", {
      limit: "document type declarations",
      message: "The document contains a DOCTYPE, which is not allowed.",
    });
  });
  parser.on("opentag", (tag) => machine.open(tag.name, tag.attributes as Record<string, string>));
  parser.on("closetag", () => machine.close());
  parser.on("text", (text) => machine.text(text));
  parser.on("cdata", (text) => machine.text(text));
  return parser;
}

/** Keeps the stack: containers below, a tree under construction on top. */
class TreeMachine {
  readonly #scopes: NamespaceScope[];
  readonly #openContainers: string[] = [];
  readonly #building: XmlElement[] = [];
  readonly #maxDepth: number;
  readonly #maxTreeNodes: number;
  #treeNodes = 0;
  #elements = 0;

  constructor(
    private readonly options: XmlOptions,
    private readonly handlers: XmlHandlers,
  ) {
    this.#scopes = [NamespaceScope.root(options.namespaces)];
    this.#maxDepth = options.maxDepth ?? maxDepthDefault;
    this.#maxTreeNodes = options.maxTreeNodes ?? maxTreeNodesDefault;
  }

  open(rawName: string, rawAttributes: Record<string, string>): void {
    const scope = this.#scopes[this.#scopes.length - 1]!.enter(rawAttributes);
    this.#scopes.push(scope);
    if (this.#scopes.length > this.#maxDepth) throw problem("LIMIT_EXCEEDED", { limit: "XML depth" });
    if (++this.#elements > maxElementsTotal) throw problem("LIMIT_EXCEEDED", { limit: "XML elements" });
    const element: XmlElement = {
      name: scope.element(rawName),
      attributes: canonicalAttributes(scope, rawAttributes),
      children: [],
    };
    const parent = this.#building[this.#building.length - 1];
    if (parent) {
      this.#count();
      parent.children.push(element);
      this.#building.push(element);
      return;
    }
    const isContainer = this.#openContainers.length === 0 || this.options.containers.has(element.name);
    if (isContainer && this.handlers.open(element)) {
      this.#openContainers.push(element.name);
      return;
    }
    this.#treeNodes = 1;
    this.#building.push(element);
  }

  close(): void {
    this.#scopes.pop();
    const element = this.#building.pop();
    if (!element) this.handlers.close(this.#openContainers.pop()!);
    else if (this.#building.length === 0) this.handlers.tree(element);
  }

  text(text: string): void {
    const parent = this.#building[this.#building.length - 1];
    if (!parent) return;
    this.#count();
    parent.children.push(text);
  }

  #count(): void {
    if (++this.#treeNodes > this.#maxTreeNodes) throw problem("LIMIT_EXCEEDED", { limit: "XML elements of one part" });
  }
}

function canonicalAttributes(scope: NamespaceScope, raw: Record<string, string>): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const name in raw) {
    if (name.startsWith("xmlns")) continue;
    const canonical = scope.attribute(name);
    // mc:Choice lists raw prefixes; store what they stand for, so that nobody needs the scope later.
    attributes[canonical] =
      canonical === "Requires"
        ? raw[name]!.split(/\s+/)
            .map((p) => scope.canonicalPrefix(p) ?? `?${p}`)
            .join(" ")
        : raw[name]!;
  }
  return attributes;
}
