import { UsePipes, ValidationPipe } from '@nestjs/common';
import { WsGateway, WsHandler, WsPayload } from 'nestjs-wsgate';
import { Ledger, type Line } from './ledger.js';
import { ReportLines } from './report.dto.js';

@WsGateway('/reports')
@UsePipes(new ValidationPipe({ whitelist: true, transform: true }))
export class ReportGateway {
  constructor(private readonly ledger: Ledger) {}

  /** A million lines, of which no more exist at a time than the client and the wire can take. */
  @WsHandler('report.lines')
  async *lines(@WsPayload() { from, to }: ReportLines): AsyncGenerator<Line> {
    yield* this.ledger.read(from, to);
  }

  /** How many lines have been made: that is what stands still while a client does. */
  @WsHandler('report.made')
  made(): number {
    return this.ledger.made;
  }
}
