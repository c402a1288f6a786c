"""unspin gives garbled text its words back.

>>> import unspin
>>> unspin.restore("The White Home officers mentioned they shook fingers.")
'The White House officials said they shook hands.'
"""
from unspin.restorer import Restorer
