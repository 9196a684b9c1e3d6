// From an empty line to four published weeks with the keys alone, and how long
// that takes a person. Then the same weeks as a spreadsheet, and on paper.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { faults, tooWide } from '../lib/axe.mjs';
import { artifacts, picture } from '../lib/browser.mjs';
import { Hands } from '../lib/hands.mjs';
import { journey } from '../lib/journey.mjs';
import { Phone } from '../lib/line.mjs';
import { earnest } from '../lib/opened.mjs';
import { program } from '../lib/server.mjs';
import { STRETCHED, until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const list = `name;alias;roles;languages
Ada Berg;Ada;counsellor leader;nl
Bo Cohen;Bo;counsellor;nl en
Cas Dijk;Cas;counsellor;nl
Dee Evers;Dee;counsellor;nl fr
Els Faber;Els;counsellor;nl
Fay Groen;Fay;counsellor;nl en
Gijs Hoek;Gijs;counsellor;nl
Hana Idris;Hana;counsellor;nl de
Ivo Jans;Ivo;counsellor;nl
Jet Kuiper;Jet;counsellor;nl
`;

/** What was said last. @param {Page} page */
const said = (page) => page.evaluate(() => [...document.querySelectorAll('[role=status]')].map((n) => n.textContent ?? '').join(' '));

/** Looks at something that is printed: nothing is cut off, on so many sheets, and it says of what it is. @param {Page} page @param {string} name @param {number} most @param {string} of */
async function paper(page, name, most, of) {
	await page.emulateMediaType('print');
	await page.setViewport({ width: 1046, height: 718 }); // A4 on its side within 10 mm, in CSS pixels
	assert.deepEqual(await tooWide(page), [], `${name} on paper`);
	const cut = await page.evaluate(() => [...document.querySelectorAll('main *')]
		.filter((n) => n.checkVisibility() && !n.matches('.sr, .sr *') && (n.scrollWidth > n.clientWidth + 1 && n.clientWidth > 0 || n.getBoundingClientRect().right > document.documentElement.clientWidth + 1))
		.map((n) => `${n.tagName}.${n.className} ${n.scrollWidth} > ${n.clientWidth}: ${n.textContent?.slice(0, 40)}`));
	assert.deepEqual(cut, [], `${name}: nothing is cut off`);
	assert.ok((await page.$eval('.onpaper', (n) => /** @type {HTMLElement} */ (n).innerText)).includes(of), `${name} says of which rota it is`);
	const bare = await page.$$eval('main td:is(.full, .thin, .short, .empty, .over, .works, .away), main .gist:is(.full, .thin, .short, .empty, .over)', (all) => all.filter((n) => !/\d/.test(n.textContent ?? '')).length);
	assert.equal(bare, 0, `${name}: no colour stands alone`);
	await mkdir(artifacts, { recursive: true });
	const pdf = Buffer.from(await page.pdf({ path: path.join(artifacts, `${name}.pdf`), preferCSSPageSize: true }));
	const sheets = [...pdf.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length;
	assert.ok(sheets >= 1 && sheets <= most, `${name} is ${sheets} sheets`);
	await picture(page, `${name}-paper`);
	await page.emulateMediaType('screen');
	await page.setViewport({ width: 1280, height: 900 });
}

journey('a supervisor imports people, builds and publishes four weeks by keyboard, within an hour', async (e) => {
	const line = earnest(e);
	const page = await e.page();
	await page.setViewport({ width: 1280, height: 900 });
	await page.evaluateOnNewDocument(() => addEventListener('mousedown', () => document.documentElement.classList.add('clicked')));
	const anna = new Hands(page);

	// She comes in by her invitation, with a passphrase and an app.
	await page.goto(line.desk + line.join);
	await anna.read();
	const pass = 'lantern ribun over vierkant tosas';
	await anna.reach('input[name=choice]:checked');
	await anna.press('ArrowDown');
	await anna.fill('#own', pass);
	await anna.fill('#again', pass);
	await anna.follow('button[value=join]', 'on', STRETCHED);
	await anna.fill('#code', await new Phone(await page.$eval('#secret', (n) => n.textContent ?? '')).code());
	await anna.fill('#name', 'My phone');
	await anna.go();

	// The people come from a list that she types: the page looks, then invites all.
	await anna.place('/people');
	await anna.follow('a[href="/people/import"]');
	await anna.fill('#list', list);
	await anna.follow('#look');
	assert.match(await page.$eval('#would', (n) => n.textContent ?? ''), /^10 people would be invited/);
	await picture(page, 'bykeys-list');
	await anna.follow('#invite-all');
	assert.equal(new Set(await page.$$eval('.sheet .address', (all) => all.map((n) => n.textContent))).size, 10, 'a link for each');
	await page.emulateMediaType('print');
	const printed = Buffer.from(await page.pdf({ format: 'a4' }));
	assert.equal([...printed.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length, 10, 'a page for each');
	await page.emulateMediaType('screen');

	// Set-up: a rota and two shifts that come back.
	await anna.place('/rota');
	await anna.follow('main a.button[href="/rota/setup"]');
	await anna.fill('#f-name', 'Evenings');
	await anna.go();
	for (const [name, from, to, least, most, leader, weekend] of /** @type {[string, string, string, string, string, string, boolean][]} */ ([
		['Evening', '19.00', '22.00', '2', '3', '1', true], ['Afternoon', '1400', '1700', '2', '', '', false],
	])) {
		await anna.fill('#f-name', name);
		for (const day of weekend ? ['6', '7'] : []) {
			await anna.reach(`input[name=days][value="${day}"]`);
			await anna.press('Space');
		}
		await anna.fill('#f-from', from);
		await anna.fill('#f-to', to);
		await anna.fill('#f-min', least);
		await anna.fill('#f-target', most);
		await anna.fill('#f-leader', leader);
		await anna.go();
		assert.match(await said(page), new RegExp(words('plan.done.template').slice(0, 5)));
	}
	assert.deepEqual(await faults(page), []);

	// Four weeks, as the page proposes them, and filled.
	await anna.follow('a[href="/rota/draft"]', 'back');
	await anna.follow('form[action="/rota/draft"] button');
	const rota = new URL(page.url()).searchParams;
	const fill = async () => {
		await anna.reach('form[data-fill] button');
		await anna.press('Enter');
		// The page waits for twenty seconds at most, and draws the week again.
		await until('it is filled', () => page.evaluate(() => document.querySelector('form[data-fill] button')?.getAttribute('aria-disabled') === 'false'), 40_000);
		assert.ok(await anna.on('form[data-fill] button'), 'the focus stays where it was pressed');
		await anna.read();
		const came = await page.$eval('.filling [role=status]:last-of-type', (n) => n.textContent ?? '');
		console.log(`# ${came}`);
		return came;
	};
	await fill();
	await picture(page, 'bykeys-filled');

	/** Goes to the first cell that lacks somebody. */
	const toGap = async () => {
		await anna.reach('#grid td[tabindex="0"]', 'back');
		if (!(await anna.on('#grid td:is(.short, .empty)'))) await anna.press('g');
		assert.ok(await anna.on('#grid td:is(.short, .empty)'), 'G goes to the next gap');
		await anna.press('Enter');
		await until('the list is open', () => page.evaluate(() => document.querySelector('dialog[open] #ranked-says') !== null));
		await anna.read();
	};

	// One leader cannot lead every evening: the list says so, and the page of the shift says why.
	await toGap();
	assert.ok(await page.evaluate((text) => document.querySelector('#ranked-could')?.textContent?.includes(text), words('plan.js.noone')), 'nobody could lead');
	await anna.follow('#ranked-page');
	await anna.reach('details:has(.blocked) > summary');
	await anna.press('Enter');
	assert.ok((await page.$$eval('.blocked li', (all) => all.map((n) => n.innerText))).some((t) => t.startsWith('Ada Berg')), 'it says what keeps her from it');
	await picture(page, 'bykeys-why');

	// So whoever could come as a counsellor will lead as well; Anna herself could, who plans.
	await anna.follow('.choices a[href$="role=counsellor"]');
	const second = (await page.$$eval('.ranking li b', (all) => all.map((n) => n.textContent ?? ''))).find((name) => !name.startsWith('Anna')) ?? '';
	await anna.place('/people');
	await page.$$eval('.peer a', (all, name) => all.find((a) => a.textContent === name)?.setAttribute('id', 'second'), second);
	await anna.follow('#second');
	await anna.reach('input[name=role][value=leader]');
	await anna.press('Space');
	await anna.follow('form:has(input[name=role]) button[type=submit]');
	await anna.place('/rota');
	await anna.follow('.tabs a[href="/rota/draft"]');
	await anna.follow('main .dots a');

	// The gap is closed by hand in the list, the others by filling again.
	await toGap();
	await until('the best of the list has the focus', () => anna.on('#ranked-could button'));
	await anna.press('Enter');
	await until('somebody is put on it', async () => (await said(page)).includes(second));
	await until('the list is drawn again and has the focus', () => page.evaluate((name) =>
		document.querySelector('#ranked-on')?.textContent?.includes(name) && document.activeElement?.closest('dialog li') !== null, second));
	await anna.press('Escape');
	await until('the focus is in the cell again', () => anna.on('#grid td'));
	await fill();
	for (let week = 0; week < 4; week++) {
		assert.equal(await page.$('#grid td:is(.short, .empty)'), null, `nothing is missing in week ${week + 1}`);
		if (week < 3) await anna.follow('.weeks a:nth-of-type(2)', week ? 'on' : 'back');
	}
	await picture(page, 'bykeys-full');

	// What the rules say, what changes for whom, and publishing.
	await anna.follow('.rotahead .state a:not(.quiet)', 'back');
	while (await page.evaluate(() => document.querySelector('.accepting.card') !== null)) {
		await anna.reach('.accepting.card select');
		await anna.press('ArrowDown');
		await anna.follow('.accepting.card button');
	}
	assert.deepEqual(await faults(page), []);
	assert.ok(await page.evaluate(() => document.querySelectorAll('.diff tbody tr').length) >= 48, 'every shift is new');
	await picture(page, 'bykeys-plan');
	await anna.follow('button[value=publish]');
	assert.ok(await anna.on('[role=status]'), 'the focus is on what was done');
	console.log(`# an empty line to four published weeks: ${anna}`);
	assert.ok(anna.minutes() < 60, `${anna}`);
	assert.equal(await page.evaluate(() => document.documentElement.classList.contains('clicked')), false, 'no mouse');
	await picture(page, 'bykeys-published');

	// The same weeks as a spreadsheet: out, in again as a draft, and nothing differs.
	const home = path.dirname(line.folder);
	const at = (/** @type {string} */ name) => path.join(home, name);
	/** @param {string[]} args */
	const run = (...args) => execFileSync(program, [...args, '--config', line.config], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: at('tmp') } });
	run('rota', 'export', at('rota.csv'));
	const wrote = run('rota', 'import', at('rota.csv'), '--write');
	await page.goto(`${line.desk}/rota/plan/${/the draft (\S+)\. Look/.exec(wrote)?.[1]}`);
	assert.ok((await page.evaluate(() => document.body.innerText)).includes(words('plan.diff.none')), 'the sheet comes to the same');

	// On paper: the week by shift and by person, and the month.
	const week = `week=${rota.get('week')}`;
	for (const [name, address] of [['week', `/rota?${week}`], ['people', `/rota?${week}&by=person`], ['month', `/rota/month?month=${new Date(Date.parse(rota.get('week') ?? '') + 14 * 86_400_000).toISOString().slice(0, 7)}`]]) {
		await page.goto(line.desk + address);
		await paper(page, `bykeys-${name}`, 2, 'Evenings');
	}
}, { earnest: true, staffOnly: true });
