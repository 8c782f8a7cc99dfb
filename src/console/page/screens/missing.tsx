// A place that does not exist.

import { Empty, Heading } from '../parts/words.tsx';
import { linkTo } from '../route.ts';

export function Missing() {
  return (
    <>
      <Heading title="Nothing is here" />
      <Empty next={<a href={linkTo([])}>Go to the overview</a>}>This address names no screen.</Empty>
    </>
  );
}
