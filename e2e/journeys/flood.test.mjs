// While a flood runs: work for who has scripts, a wait for who has none; and
// the way over Tor.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import http from 'node:http';
import { faults, tooWide } from '../lib/axe.mjs';
import { name as browserName, picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { opened } from '../lib/opened.mjs';
import { freePort } from '../lib/server.mjs';
import { until } from '../lib/until.mjs';

/** One request from another network, as the line sees it. @param {import('../lib/line.mjs').Line} line @param {number} network @param {string} method @param {string} path @param {string} [form] @returns {Promise<{ to: string, text: string }>} */
function ask(line, network, method, path, form = '') {
	const { host } = new URL(line.visitor);
	return new Promise((done, fail) => {
		const r = http.request({
			host: '127.0.0.1', port: line.port, localAddress: `127.${network}.0.1`, method, path,
			headers: { Host: host, Origin: line.visitor, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': form.length },
		}, (answer) => {
			let text = '';
			answer.on('data', (piece) => (text += piece)).on('end', () => done({ to: answer.headers.location ?? '', text })).on('error', fail);
		});
		r.on('error', fail);
		r.end(form);
	});
}

/** Networks that came already. */
let came = 1;

/**
 * A flood from everywhere: sixteen who want to start from each of ten networks
 * that never came before. It is a crowd by its number, however slow the machine is.
 * @param {import('../lib/line.mjs').Line} line
 */
async function flood(line) {
	const { text } = await ask(line, came + 1, 'GET', '/en/before/1');
	const version = /name="version" value="(\d+)"/.exec(text)?.[1];
	let asked = 0;
	for (const last = came + 10; came < last;) {
		came++;
		const starts = await Promise.all(Array.from({ length: 16 }, () => ask(line, came, 'POST', '/en/start', `door=self&version=${version}`)));
		asked += starts.filter((s) => s.to.includes('/moment/')).length;
	}
	return asked;
}

journey('under a flood who has scripts works a little, who has none waits a little, and both get a place', async (e) => {
	const { line } = await opened(e);
	const visitor = await e.visitor();
	const { page } = visitor;
	await visitor.toFind();
	await visitor.follow('button[name=door][value=self]');
	const asked = await flood(line);
	assert.ok(asked >= 100, `of 160 starts of the flood ${asked} were asked to work or wait`);

	// The promise was opened before the flood: its form knows nothing of it.
	assert.equal(await page.$('[data-turn]'), null);
	const from = Date.now();
	await Promise.all([page.waitForNavigation(), page.click('form.go button[type=submit]')]);
	await visitor.toSee('#waiting, #ready');
	console.log(`# ${browserName}: from "go on" to a place in ${Date.now() - from} ms`);

	// Whoever opens it now works while they read.
	const second = await e.visitor();
	await second.open();
	await second.follow('button[name=door][value=self]');
	await second.toSee('form.go');
	await until('the work is done', () => second.page.$eval('[name=work]', (n) => /^\d+(\.\d+){3}$/.test(/** @type {HTMLInputElement} */ (n).value)));
	await second.follow('form.go button[type=submit]');
	await second.toSee('#waiting, #ready');

	if (browserName !== 'chromium') return; // the other cannot switch its scripts off page by page
	const plain = await e.visitor();
	await plain.page.setJavaScriptEnabled(false);
	await flood(line); // it goes on
	await plain.open();
	await plain.page.click('button[name=door][value=self]');
	await plain.page.waitForSelector('form.go [name=turn]');
	await Promise.all([plain.page.waitForNavigation(), plain.page.click('form.go button[type=submit]')]);
	assert.match(new URL(plain.page.url()).pathname, /^\/en\/moment\/1\/[\w-]{48}$/);
	await plain.toRead('It is very busy');
	await plain.toRead('You can go on now', 40_000); // it has looked again by itself
	for (const width of [1280, 390, 320]) {
		await plain.page.setViewport({ width, height: 800 });
		assert.deepEqual(await tooWide(plain.page), [], `nothing sticks out at ${width}`);
		await picture(plain.page, `moment-${width}`);
	}
	assert.deepEqual(await faults(plain.page), [], 'axe');
	await Promise.all([plain.page.waitForNavigation(), plain.page.click('form.go button[type=submit]')]);
	assert.equal(new URL(plain.page.url()).pathname, '/en/talk/plain', 'a place');
}, { earnest: true });

// Chromium does not trust names that end in .onion, so it keeps no cookie of theirs.
if (browserName === 'firefox') journey('over an onion service a visitor gets a place, and the other address says that it is there', async (e) => {
	const { line } = await opened(e);
	const key = Buffer.alloc(32, 7);
	const sum = createHash('sha3-256').update('.onion checksum').update(key).update(Buffer.of(3)).digest();
	const bits = [...key, sum[0] ?? 0, sum[1] ?? 0, 3].map((b) => b.toString(2).padStart(8, '0')).join('');
	const onion = `${(bits.match(/.{5}/g) ?? []).map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five, 2)]).join('')}.onion`;
	const port = await freePort();
	await line.stop();
	await appendFile(line.config, `onion_listen = "127.0.0.1:${port}"\nonion_host = "${onion}"\n`);
	await line.restart();
	e.network.onion(onion, port);
	const { page } = await e.visitor();
	const answer = await page.goto(`${line.visitor}/en/`);
	assert.equal(answer?.headers()['onion-location'], `http://${onion}/en/`);
	await page.goto(`http://${onion}/en/`);
	assert.equal(await page.evaluate(() => isSecureContext && Boolean(crypto.subtle)), true, 'the onion name is a place of trust');
	await until('the line is open again', async () => {
		await page.goto(`http://${onion}/en/`);
		return (await page.$('button[name=door][value=self]')) !== null;
	});
	await page.click('button[name=door][value=self]');
	await page.waitForSelector('form.go button[type=submit]');
	await page.click('form.go button[type=submit]');
	await page.waitForSelector('#waiting:not([hidden])'); // the cookie was kept, and the live link stands
	assert.equal(await page.evaluate(() => location.href), `http://${onion}/en/talk`);
}, { earnest: true });
