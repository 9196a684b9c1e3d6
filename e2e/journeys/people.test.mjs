// People: who is invited, what is changed and taken back, what stands on the
// sheet that is handed over, and the phone that shows own shifts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { faults, tooWide } from '../lib/axe.mjs';
import { artifacts, picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { program } from '../lib/server.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** Looks at a page in its own width and in that of a phone. @param {Page} page @param {string} name @param {string} [phone] the wide picture's brother */
async function look(page, name, phone = `${name}-390`) {
	for (const [width, as] of /** @type {[number, string][]} */ ([[390, phone], [1280, name]])) {
		await page.setViewport({ width, height: 800 });
		assert.deepEqual(await tooWide(page), [], `${name} at ${width}`);
		assert.deepEqual(await faults(page), [], `axe on ${name} at ${width}`);
		await picture(page, as);
	}
}

for (const dark of [false, true]) {
	const scheme = dark ? 'dark' : 'light';
	journey(`a supervisor invites, changes and withdraws; the sheet can be printed, ${scheme}`, async (e) => {
		const supervisor = await e.supervisor();
		const page = supervisor.page;
		await page.bringToFront();
		await supervisor.go('/people');
		await page.type('#name', 'Kim Visser');
		await page.click('input[name=role][value=leader]');
		await page.select('#language', 'nl');
		await look(page, `people-${scheme}`);
		await supervisor.follow('form[action="/people"] button[type=submit]');
		await supervisor.toRead(words('sheet.for', { name: 'Kim Visser' }, 'nl'));
		await supervisor.toSee('[data-print]');
		await look(page, `sheet-${scheme}`);
		const link = await page.evaluate(() => document.querySelector('.sheet .address')?.textContent ?? '');
		await page.emulateMediaType('print');
		assert.equal(await page.evaluate(() => [...document.querySelectorAll('.top, .noprint')].some((x) => x.checkVisibility())), false, 'only the sheet is printed');
		await picture(page, `sheet-print-${scheme}`);
		await page.emulateMediaType('screen');
		// What was shown once is not shown again.
		await supervisor.follow('a[href="/people"].button');
		assert.ok(!(await page.content()).includes(link.slice(-22)));

		const guest = await e.visitor();
		await guest.page.goto(link);
		await guest.toRead('Kim Visser');

		await page.evaluate(() => [...document.querySelectorAll('a')].find((a) => a.textContent === 'Kim Visser')?.setAttribute('id', 'kim'));
		await supervisor.follow('#kim');
		await supervisor.toRead(words('person.keys.none'));
		await page.$eval('#name', (x) => ((/** @type {HTMLInputElement} */ (x)).value = ''));
		await page.type('#name', 'Kim de Visser');
		await supervisor.follow('form.card button[type=submit]');
		await supervisor.toRead(words('me.saved'));
		await look(page, `person-${scheme}`);
		await guest.reload();
		await guest.toRead('Kim de Visser');

		await supervisor.follow('#withdraw');
		await supervisor.toRead(words('people.withdrawn'));
		assert.ok(!(await supervisor.text()).includes('Kim de Visser'));
		await guest.reload();
		await guest.toRead(words('staff.trouble.spent'));

		// Many at once: what is not right is named, what was typed stays, a file comes into the box.
		await supervisor.go('/people');
		await supervisor.follow('a[href="/people/import"]');
		await look(page, `list-empty-${scheme}`);
		const wrong = 'name;alias;roles;languages\nKim Visser;Kestrel;counsellor boss;nl\nZoë Jansen;;reviewer;\nkim VISSER;;operator;\n';
		await page.type('#list', wrong);
		await supervisor.follow('#look');
		assert.deepEqual(await page.$$eval('.faults tbody th', (all) => all.map((n) => n.textContent?.trim())), ['2', '4'], 'the lines that are not right');
		assert.equal(await page.$eval('#list', (n) => /** @type {HTMLTextAreaElement} */ (n).value), wrong);
		await look(page, `list-wrong-${scheme}`);
		const home = await mkdtemp(path.join(os.tmpdir(), 'helpline-list-'));
		try {
			const file = path.join(home, 'people.csv');
			await writeFile(file, '\ufeffname;alias;roles;languages\r\nKim Visser;Kestrel;counsellor leader;nl\r\n"Zoë O\'Neill";;reviewer;en\r\nZoë Jansen;;counsellor;\r\n');
			const input = /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await page.$('#file'));
			await input.uploadFile(file);
			await supervisor.follow('form:has(#file) button');
		} finally {
			await rm(home, { recursive: true, force: true });
		}
		assert.match(await page.$eval('#list', (n) => /** @type {HTMLTextAreaElement} */ (n).value), /^name;alias.*\nKim Visser;/);
		await supervisor.toSee('#notes');
		await look(page, `list-${scheme}`);
		await supervisor.follow('#invite-all');
		await look(page, `sheets-${scheme}`);
		assert.equal(new Set(await page.$$eval('.sheet .address', (all) => all.map((n) => n.textContent))).size, 3, 'a link for each');
		await page.emulateMediaType('print');
		assert.equal(await page.evaluate(() => [...document.querySelectorAll('.top, .noprint')].some((x) => x.checkVisibility())), false, 'only the sheets are printed');
		await mkdir(artifacts, { recursive: true });
		const pdf = Buffer.from(await page.pdf({ path: path.join(artifacts, `sheets-${scheme}.pdf`), format: 'a4' }));
		assert.equal([...pdf.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length, 3, 'a page for each');
		await page.emulateMediaType('screen');
	}, { dark, staffOnly: true });
}

journey('a phone opens its owner\'s shifts by a link, once, and nothing else', async (e) => {
	const counsellor = await e.counsellor();
	await counsellor.page.bringToFront();
	await counsellor.follow('a.alias');
	await look(counsellor.page, 'me');
	await counsellor.follow('main a[href="/shifts"]');
	await counsellor.toRead(words('shifts.none'));
	await counsellor.follow('a[href="/me/shifts"]');
	await counsellor.page.type('#device', 'My phone');
	await counsellor.follow('button[value=link]');
	await counsellor.toSee('.once');
	await look(counsellor.page, 'devices');
	const link = await counsellor.page.evaluate(() => document.querySelector('.once')?.textContent ?? '');

	const phone = await e.visitor();
	await phone.page.setViewport({ width: 390, height: 800 });
	await phone.page.goto(link);
	await phone.follow('#in');
	await phone.toRead(words('shifts.none'));
	assert.deepEqual(await faults(phone.page), []);
	await picture(phone.page, 'own-shifts');
	for (const other of ['/desk', '/notes', '/me', '/people', '/me/shifts']) {
		await phone.page.goto(`${e.line.staff('counsellor')}${other}`);
		await phone.toRead(words('login.title'));
	}
	const second = await e.visitor();
	await second.page.goto(link);
	await second.toRead(words('staff.trouble.passlink'));

	await counsellor.follow('form[action$="/end"] button');
	await counsellor.toRead(words('shifts.list.none'));
	await phone.page.goto(`${e.line.staff('counsellor')}/shifts`);
	await phone.toRead(words('login.title'));
}, { staffOnly: true });

journey('a list of people becomes a sheet for each, as it comes out of the printer', async (e) => {
	const home = await mkdtemp(path.join(os.tmpdir(), 'helpline-list-'));
	try {
		const config = ['--config', path.join(home, 'helpline.toml')];
		/** @param {string[]} args */
		const run = (...args) => execFileSync(program, [...args, ...config], { encoding: 'utf8', env: { ...process.env, TMPDIR: home } });
		run('init', '--data', path.join(home, 'data'), '--country', 'nl', '--locales', 'nl,en', '--visitor-host', 'talk.example', '--staff-host', 'desk.example',
			'--proxy', '127.0.0.1', '--neutral-url', 'https://weather.example/', '--listen', '127.0.0.1:0', '--supervisor', 'Anna Vermeer');
		const list = path.join(home, 'people.csv');
		await writeFile(list, '\ufeffname;alias;roles;languages\r\nKim Visser;Kestrel;counsellor leader;nl\r\n"Zoë O\'Neill";;reviewer;en\r\n');
		assert.match(run('staff', 'import', list), /2 people would be invited/);
		const sheets = path.join(home, 'sheets');
		assert.match(run('staff', 'import', list, '--sheets', sheets, '--ask', 'Anna Vermeer'), /2 people are invited/);
		assert.deepEqual((await readdir(sheets)).sort(), ['001-Kim-Visser.html', '002-Zoë-O\'Neill.html', 'sheet.css']);
		const page = await e.page();
		for (const [file, language, name] of /** @type {[string, string, string][]} */ ([['001-Kim-Visser.html', 'nl', 'Kim Visser'], ['002-Zoë-O\'Neill.html', 'en', 'Zoë O\'Neill']])) {
			await page.goto(pathToFileURL(path.join(sheets, file)).href);
			const text = await page.evaluate(() => document.body.innerText);
			assert.ok(text.includes(words('sheet.for', { name }, language)) && /https:\/\/desk\.example\/join\/[\w-]{22}/.test(text), text);
			assert.equal(await page.evaluate(() => getComputedStyle(/** @type {Element} */ (document.querySelector('.sheet'))).backgroundColor), 'rgb(255, 255, 255)', 'the style beside it is read');
			assert.deepEqual(await tooWide(page), []);
			await page.emulateMediaType('print');
			await picture(page, `import-${language}`);
		}
	} finally {
		await rm(home, { recursive: true, force: true });
	}
}, { staffOnly: true });
