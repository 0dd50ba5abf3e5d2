import { Module } from '@nestjs/common';
import { WsModule } from 'nestjs-wsgate';
import { Ledger } from './ledger.js';
import { ReportGateway } from './report.gateway.js';

@Module({
  imports: [WsModule.forRoot({})],
  providers: [Ledger, ReportGateway],
})
export class AppModule {}
