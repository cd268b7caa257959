// Opens the page in a browser, sorts and filters its table, and prints what it saw as JSON.
import { chromium } from "playwright-core";

const [file, browserPath, screenshots] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
const seen = { requests: [], dialogs: 0, errors: [] };

const open = async (width, height, colorScheme, javaScriptEnabled = true) => {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, javaScriptEnabled });
  const page = await context.newPage();
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("dialog", (dialog) => { seen.dialogs += 1; dialog.dismiss(); });
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") seen.errors.push(message.text()); });
  await page.goto(`file://${file}`);
  return page;
};

const visible = (page) => page.$$eval("#findings tbody tr", (rows) => rows
  .filter((row) => !row.hidden)
  .map((row) => [row.dataset.severity, row.dataset.path, Number(row.dataset.line), row.cells[2].textContent]));

const page = await open(1280, 900, "light");
seen.rows = await visible(page);
await page.click("th[data-key=place] button");
seen.byPlace = await visible(page);
await page.click("th[data-key=place] button");
seen.byPlaceDown = await visible(page);
seen.sorted = await page.getAttribute("th[data-key=place]", "aria-sort");
await page.click("th[data-key=severity] button");
await page.uncheck("input[type=checkbox][value='3']");
seen.withoutSuggestions = await visible(page);
await page.fill("input[type=search]", "NEEDLE rule");
seen.searched = await visible(page);
seen.shown = await page.textContent("output");
await page.fill("input[type=search]", "");
seen.planted = await page.evaluate(() => [typeof window.hacked, document.querySelectorAll("img, iframe, script[src], link").length]);
seen.texts = await page.$$eval("#findings .message", (cells) => cells.map((cell) => cell.textContent));
seen.background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
await page.screenshot({ path: `${screenshots}/desktop.png`, fullPage: true });

// How wide the page is at each width, and the words that go on in another line; the parts of a long word are nodes of their own.
seen.widths = [];
for (const width of [360, 768, 1440]) {
  const narrow = await open(width, 900, "light");
  seen.widths.push([width, ...await narrow.evaluate(() => {
    const broken = [];
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      for (const { 0: word, index } of node.data.matchAll(/[A-Za-z0-9_]+/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        if (new Set(Array.from(range.getClientRects(), (line) => Math.round(line.top))).size > 1) broken.push(word);
      }
    }
    return [document.documentElement.scrollWidth, broken];
  })]);
  await narrow.screenshot({ path: `${screenshots}/page-${width}.png`, fullPage: true });
}

const phone = await open(360, 800, "dark");
seen.title = await phone.title();
seen.openCode = await phone.locator("details[open] pre").count();
seen.darkBackground = await phone.evaluate(() => getComputedStyle(document.body).backgroundColor);
await phone.screenshot({ path: `${screenshots}/phone.png`, fullPage: true });

const bare = await open(1280, 900, "light", false);
seen.withoutScript = await bare.locator("#findings tbody tr:visible").count();
seen.toolsWithoutScript = await bare.locator(".tools:visible").count();
await browser.close();
console.log(JSON.stringify(seen));
