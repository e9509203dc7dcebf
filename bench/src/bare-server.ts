/** The yardstick of the polls bench: what `node:http` alone answers on this machine. */
import { createServer } from "node:http";

const body = process.env["BODY"] ?? "{}";
const server = createServer((_request, response) => {
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.end(body);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object")
    process.stdout.write(`listening on http://127.0.0.1:${address.port}\n`);
});
