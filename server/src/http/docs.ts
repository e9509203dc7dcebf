/** The documentation page: Swagger UI from our own disk, so that it works without the internet. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Answer } from "./call.ts";

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Knowhere API</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
`;
const start = `window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, persistAuthorization: false, validatorUrl: null, tryItOutEnabled: true,
});
`;

const files: Record<string, string> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};
const loaded = new Map<string, Promise<Buffer>>();

function load(name: string): Promise<Buffer> {
  const folder = join(dirname(createRequire(import.meta.url).resolve("@fastify/swagger-ui/package.json")), "static");
  const bytes = loaded.get(name) ?? readFile(join(folder, name));
  loaded.set(name, bytes);
  return bytes;
}

export function docsPage(): Answer {
  return {
    status: 200,
    contentType: "text/html; charset=utf-8",
    headers: {
      "Content-Security-Policy": contentSecurityPolicy,
      "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer",
    },
    body: page,
  };
}

/** A file of the page, or null. */
export async function docsAsset(name: string): Promise<Answer | null> {
  const headers = { "Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff" };
  if (name === "start.js") return { status: 200, contentType: "text/javascript; charset=utf-8", headers, body: start };
  const contentType = Object.hasOwn(files, name) ? files[name] : undefined;
  return contentType ? { status: 200, contentType, headers, body: await load(name) } : null;
}
