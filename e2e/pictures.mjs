// Takes the pictures of the README from the running product: make pictures
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './lib/browser.mjs';
import { Evening } from './lib/journey.mjs';
import { Network } from './lib/network.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../docs/pictures');

/** @param {import('puppeteer-core').Page} page @param {string} title @param {number} width @param {number} height */
async function take(page, title, width, height) {
	await page.setViewport({ width, height, deviceScaleFactor: 1 });
	await writeFile(path.join(folder, `${title}.webp`), await page.screenshot({ type: 'webp', quality: 82 }));
	console.log(`docs/pictures/${title}.webp`);
}

await mkdir(folder, { recursive: true });
for (const dark of [false, true]) {
	const network = await Network.start();
	const browser = await launch(network, { dark });
	const e = new Evening(await Server.start({ visitors: 3, rota: true }), network, browser);
	const end = dark ? '-dark' : '';
	try {
		const tour = await e.visitor();
		await tour.page.goto(`${e.line.visitor}/tour`);
		if (!dark) await take(tour.page, 'tour', 1024, 768);
		const counsellor = await e.counsellor();
		await counsellor.onDuty();
		const visitor = await e.visitor();
		await visitor.open();
		await take(visitor.page, `front${end}`, 390, 844);
		await visitor.arrive();
		await until('the place is known', () => visitor.page.evaluate(() => document.querySelector('#place')?.textContent));
		await take(visitor.page, `wait${end}`, 390, 844);
		// Simulated visitors may be before us: everybody gets their turn.
		await counsellor.next();
		await until('it is our turn', async () => {
			if (await visitor.sees('#yes')) return true;
			if (await counsellor.sees('#accept')) {
				await counsellor.accept();
				await counsellor.end();
				await counsellor.next();
			}
			return false;
		}, 120_000);
		await visitor.ready();
		await counsellor.accept();
		await visitor.tell('Good evening. I have never told anybody this, and I do not know how to begin.');
		await counsellor.tell('Good evening. I am glad that you are here. There is no hurry. What made you write tonight?');
		await visitor.tell('I have thoughts that frighten me. I sleep badly and I am ashamed.');
		await counsellor.tell('Thank you for telling me. That takes courage. Are you safe where you are just now?');
		await take(visitor.page, `talk${end}`, 390, 844);
		await take(counsellor.page, `desk${end}`, 1280, 800);
		if (!dark) {
			const supervisor = await e.supervisor();
			await supervisor.page.goto(`${e.line.staff('supervisor')}/board`);
			await until('the board is filled', () => supervisor.page.evaluate(() => !(document.querySelector('#waiting')?.textContent ?? '…').includes('…')));
			await take(supervisor.page, 'board', 1280, 800);
			await supervisor.page.goto(`${e.line.staff('supervisor')}/rota`);
			await take(supervisor.page, 'rota', 1280, 900);
			await counsellor.page.goto(`${e.line.staff('counsellor')}/shifts`);
			await take(counsellor.page, 'shifts', 390, 844);
		}
	} finally {
		await e.over();
		await browser.close();
		await network.stop();
	}
}
