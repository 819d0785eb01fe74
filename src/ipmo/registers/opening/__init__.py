"""Files opened: workbooks looked through before anything makes their cells, delimited text decoded; sheets of raw cells that know their place."""
