// One page a line in, one answer a line out: Readability.js or defuddle over linkedom, with the CPU time it took.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.cwd() + "/");
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { parseHTML } = await load("linkedom");
const which = process.argv[2];

async function reader() {
  if (which === "readability_js") {
    const { Readability } = await load("@mozilla/readability");
    return (html) => {
      const found = new Readability(parseHTML(html).document).parse();
      return found && { title: found.title, authors: found.byline, published: found.publishedTime, text: found.textContent, html: found.content };
    };
  }
  // `require.resolve` does not know exports that only `import` may use.
  const { Defuddle } = await import(pathToFileURL(process.cwd() + "/node_modules/defuddle/dist/node.js").href);
  return async (html, url) => {
    const found = await Defuddle(parseHTML(html).document, url);
    return { title: found.title, authors: found.author, published: found.published, lead_image: found.image, html: found.content };
  };
}

const read = await reader();
const write = console.log.bind(console);
for (const name of ["log", "warn", "error", "info", "debug"]) console[name] = () => {};
for await (const line of createInterface({ input: process.stdin })) {
  const { html, url } = JSON.parse(line);
  const start = process.cpuUsage();
  let answer;
  try {
    answer = (await read(html, url)) || {};
  } catch (error) {
    answer = { error: String(error) };
  }
  const used = process.cpuUsage(start);
  write(JSON.stringify({ ...answer, cpu_s: (used.user + used.system) / 1e6 }));
}
