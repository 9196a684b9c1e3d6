// A team on a line in earnest: people who were invited, have a passphrase and an
// app for codes, a phone that shows own shifts only, and an address for notices.
import { spawnSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Phone } from './line.mjs';
import { earnest } from './opened.mjs';
import { Counsellor, Visitor } from './people.mjs';
import { program } from './server.mjs';
import { until } from './until.mjs';

/** @typedef {import('./journey.mjs').Evening} Evening */
/** @typedef {import('./mail.mjs').Relay} Relay */

const pass = 'lantern ribun over vierkant tosas';

/** The zone in which it is some hour of the day now: what is planned for tonight is hours away in it, whenever the journey is walked. @param {number} hour */
export function zoneAt(hour) {
	const east = ((hour - new Date().getUTCHours() + 36) % 24) - 12;
	return east === 0 ? 'Etc/GMT' : `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`; // their signs are the other way round
}

/** What the clock shows there, as date and time. @param {string} zone @param {number} [later] minutes */
export function clockIn(zone, later = 0) {
	const east = -Number(zone.slice('Etc/GMT'.length) || 0);
	const now = new Date(Date.now() + (east * 60 + later) * 60_000).toISOString();
	return { day: now.slice(0, 10), time: now.slice(11, 16) };
}

/** Starts the line again with settings more. @param {Evening} e @param {string} settings */
export async function set(e, settings) {
	const line = earnest(e);
	await line.stop();
	appendFileSync(line.config, `\n${settings}\n`);
	await line.restart();
	return line;
}

/** Sends a form of a page as its button would, and gives the page that answers. @param {import('puppeteer-core').Page} page @param {string} to @param {[string, string][]} fields */
export function post(page, to, fields) {
	return page.evaluate(async (at, all) => (await fetch(at, { method: 'POST', body: new URLSearchParams(all) })).text(), to, fields);
}

/** Comes in by an invitation, and sets up an app for codes. @param {Evening} e @param {string} link @param {string} alias @param {string} [language] */
export async function join(e, link, alias, language = 'en') {
	const line = earnest(e);
	const machine = await e.machine();
	const who = new Counsellor(e, await e.page(machine), machine);
	await who.page.goto(`${line.desk}/login`);
	let app = '';
	// A machine that is busy asks to try again, and people do.
	const secret = await until(`${alias} comes in`, async () => {
		app = await post(who.page, link, [
			['do', 'join'], ['choice', 'own'], ['own', pass], ['again', pass], ['alias', alias], ['language', language], ['locale', 'en'], ['locale', 'nl'],
			['door', 'self'], ['door', 'relative'],
		]);
		return /id="secret"[^>]*>([^<]+)</.exec(app)?.[1];
	}, 60_000);
	const offer = /name="offer" value="([^"]*)"/.exec(app)?.[1] ?? '';
	await post(who.page, '/second/app', [['code', await new Phone(secret).code()], ['name', 'My phone'], ['offer', offer]]);
	await who.page.goto(`${line.desk}/me`);
	await who.toRead(alias);
	return who;
}

/** Invites somebody and gives the link. @param {Counsellor} anna @param {string} name @param {string[]} [more] roles */
export async function invite(anna, name, more = []) {
	const sheet = await post(anna.page, '/people', [
		['name', name], ['chats', '1'], ['locale', 'en'], ['locale', 'nl'], ['door', 'self'], ['door', 'relative'], ['language', 'en'],
		...['counsellor', ...more].map((r) => /** @type {[string, string]} */ (['role', r])),
	]);
	const link = /\/join\/[\w-]{22}/.exec(sheet)?.[0];
	if (!link) throw new Error(`no link for ${name}: ${sheet.replaceAll(/<[^>]*>/g, ' ')}`);
	return link;
}

/** Chooses an address for notices and types the code of its test. @param {Counsellor} who @param {Relay} relay @param {string} to @param {string[]} kinds */
export async function reach(who, relay, to, kinds) {
	await post(who.page, '/me/notices', [['way', 'mail'], ['to', to], ...kinds.map((k) => /** @type {[string, string]} */ (['kind', k]))]);
	const code = /\b\d{6}\b/.exec((await relay.toGet(to)).body)?.[0] ?? '';
	const tested = await post(who.page, '/me/notices/code', [['typed', code]]);
	if (!tested.includes('role="status"')) throw new Error(`the address of ${to} was not taken`);
}

/** A phone without scripts that shows the own shifts of somebody and nothing else. @param {Evening} e @param {Counsellor} who */
export async function pocket(e, who) {
	const made = await post(who.page, '/me/shifts', [['device', 'Pocket'], ['do', 'link']]);
	const link = /class="once"[^>]*>([^<]+)</.exec(made)?.[1];
	if (!link) throw new Error('no link for a phone');
	const machine = await e.machine();
	const phone = new Visitor(e, await e.page(machine), machine);
	await phone.page.setViewport({ width: 390, height: 740 });
	await phone.page.setJavaScriptEnabled(false);
	await phone.page.goto(link);
	await phone.follow('#in');
	return phone;
}

/** Plans by a spreadsheet, and publishes the draft that came of it. @param {Evening} e @param {Counsellor} anna @param {string} setup @param {string} sheet CSV */
export async function publish(e, anna, setup, sheet) {
	const line = earnest(e);
	const file = path.join(path.dirname(line.config), 'plan.csv');
	writeFileSync(file, sheet);
	const made = spawnSync(program, ['rota', 'import', file, '--write', '--setup', setup, '--config', line.config], { encoding: 'utf8' });
	const version = /Written: the draft (\S+?)\./.exec(made.stdout)?.[1];
	if (!version) throw new Error(`no draft was made: ${made.stdout} ${made.stderr}`);
	// A line that runs finds what was written beside it within half a minute.
	await until('the draft is there', async () => (await anna.page.goto(`${line.desk}/rota/plan/${version}`))?.status() === 200, 40_000);
	while (await anna.sees('.accepting')) {
		await anna.page.select('.accepting select', 'agreed');
		await anna.follow('.accepting button');
	}
	await anna.follow('button[value=publish]');
	await anna.toRead('Published:');
}
