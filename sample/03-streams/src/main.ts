import 'reflect-metadata';
import { createReports } from './create-reports.js';

const app = await createReports();
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
console.log(`Open ${await app.getUrl()}, press Start, and then Pause.`);
